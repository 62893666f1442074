//! A customer writes, an agent answers, and the ticks arrive.

use scenes::{Live, Stage, eventually};
use serde_json::{Value, json};

const NUMBER: &str = "1001";
const DANA: &str = "972541234567";

async fn simulator(stage: &Stage, path: &str, body: &Value) -> Value {
    let url = format!("{}/simulator/api/{path}", stage.gateway());
    stage.client.post(url).json(body).send().await.unwrap().json().await.unwrap()
}

/// What a thread shows of itself: who wrote, what, and the tick.
fn shown(messages: &Value) -> Vec<Value> {
    let bubble = |message: &Value| {
        json!([
            message["seq"],
            message["author"]["kind"],
            message["text"],
            message["delivery_status"],
            message["reply_to"]
        ])
    };
    messages["items"].as_array().unwrap().iter().map(bubble).collect()
}

#[tokio::test]
async fn a_customer_writes_an_agent_answers_and_the_ticks_arrive() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let mut inbox = Live::open(&ada, &["inbox".to_owned()]).await;
    assert_eq!(inbox.first("subscribed").await, json!({ "type": "subscribed", "n": 1, "topics": ["inbox"] }));

    let written = json!({ "phone_number_id": NUMBER, "from": DANA, "name": "Dana דנה", "text": "Is it in stock?" });
    let asked = simulator(&stage, "messages", &written).await;
    let row = inbox.first("conversation.updated").await["data"].clone();
    assert_eq!(
        json!([
            row["contact"]["name"],
            row["last_message_preview"],
            row["unread_count"],
            row["window"]["state"],
            row["seq"]
        ]),
        json!(["Dana דנה", "Is it in stock?", 1, "open", 1])
    );

    let conversation = row["id"].as_str().unwrap();
    let thread = format!("/v1/conversations/{conversation}/messages");
    let question = ada.get(&thread).await["items"][0].clone();
    assert_eq!(question["channel_message_id"], asked["id"]);
    let answer = json!({ "parts": [{ "type": "text", "text": "Yes, it is." }], "reply_to": question["id"] });
    let (status, sent) = ada.ask("POST", &thread, Some(&answer)).await;
    assert_eq!((status, &sent["messages"][0]["delivery_status"]), (202, &json!("queued")));

    let has = async |tick: &str| {
        eventually(tick, async || (ada.get(&thread).await["items"][0]["delivery_status"] == tick).then_some(())).await;
    };
    has("delivered").await;
    assert_eq!(
        simulator(&stage, "read", &json!({ "phone_number_id": NUMBER, "from": DANA })).await,
        json!({ "read": 1 })
    );
    has("read").await;

    stage.settled().await;
    let question_id = question["id"].as_str().unwrap();
    let messages = ada.get(&thread).await;
    assert_eq!(messages["items"][0]["reply_to"]["id"], question_id);
    assert_eq!(
        shown(&messages),
        [
            json!([2, "user", "Yes, it is.", "read", messages["items"][0]["reply_to"]]),
            json!([1, "contact", "Is it in stock?", null, null]),
        ]
    );
    let (_, same) = ada.ask("POST", &thread, Some(&answer)).await;
    assert_eq!(same["messages"][0]["id"], sent["messages"][0]["id"], "the same key gives the same message");
    stage.end().await;
}

#[tokio::test]
async fn wrong_json_is_refused_with_the_name_of_the_field() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    stage.customer_writes(NUMBER, DANA, "wamid.1", Stage::now(), "hello").await;
    let conversation = ada.conversation_of("wamid.1").await;
    let thread = format!("/v1/conversations/{conversation}/messages");
    let cases = [
        (json!({}), 422, "parts", "missing"),
        (json!({ "parts": [{ "type": "text", "text": "" }] }), 422, "parts[0].text", "text_empty"),
        (json!({ "parts": [{ "type": "text", "text": "x".repeat(4097) }] }), 422, "parts[0].text", "text_too_long"),
        (json!({ "parts": [{ "type": "text", "text": "x" }], "colour": 1 }), 422, "colour", "unknown_field"),
        (
            json!({ "parts": [{ "type": "text", "text": "x" }], "reply_to": "nothing" }),
            422,
            "reply_to",
            "unknown_message",
        ),
    ];
    for (body, status, field, code) in cases {
        let (answered, problem) = ada.ask("POST", &thread, Some(&body)).await;
        assert_eq!((answered, &problem["field"], &problem["code"]), (status, &json!(field), &json!(code)), "{body}");
    }
    assert_eq!(ada.outbox().await, []);
    stage.end().await;
}

#[tokio::test]
async fn a_closed_window_is_refused_with_what_is_legal_now() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let day_and_more = 25 * 60 * 60;
    stage.customer_writes(NUMBER, DANA, "wamid.old", Stage::now() - day_and_more, "hello").await;
    let conversation = ada.conversation_of("wamid.old").await;
    let (status, problem) = ada.send(&conversation, "late", &["sorry, late"]).await;
    let alternatives: Vec<&Value> = problem["alternatives"].as_array().unwrap().iter().map(|a| &a["kind"]).collect();
    assert_eq!((status, &problem["code"], alternatives), (422, &json!("window_closed"), vec![&json!("template")]));
    stage.end().await;
}

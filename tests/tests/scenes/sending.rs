//! What an agent sends beside texts: places, cards, buttons, reactions, templates.

use scenes::{Agent, Stage, eventually};
use serde_json::{Value, json};

const NUMBER: &str = "1001";
const DANA: &str = "972541234567";

async fn simulator(stage: &Stage, path: &str, body: &Value) -> Value {
    let url = format!("{}/simulator/api/{path}", stage.gateway());
    stage.client.post(url).json(body).send().await.unwrap().json().await.unwrap()
}

/// What the customer's phone shows of the business: the type, the words, the reaction.
async fn phone(stage: &Stage) -> Vec<Value> {
    let url = format!("{}/simulator/api/threads/{NUMBER}/{DANA}", stage.gateway());
    let chat: Value = stage.client.get(url).send().await.unwrap().json().await.unwrap();
    let shown = |message: &Value| json!([message["kind"], message["text"], message["reaction"]]);
    chat["messages"].as_array().unwrap().iter().map(shown).collect()
}

/// Each of these is reached by what was sent, oldest first.
async fn becomes(agent: &Agent, thread: &str, statuses: &[&str]) {
    eventually(statuses[0], async || {
        let messages = agent.get(thread).await;
        let sent = messages["items"].as_array().unwrap().iter().rev().filter(|m| m["direction"] == "outbound");
        sent.map(|m| m["delivery_status"].as_str().unwrap().to_owned()).eq(statuses.iter().copied()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn places_cards_buttons_and_reactions_reach_the_phone_in_their_order() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let written = json!({ "phone_number_id": NUMBER, "from": DANA, "name": "Dana", "text": "Where are you?" });
    let asked = simulator(&stage, "messages", &written).await;
    let conversation = ada.conversation_of(asked["id"].as_str().unwrap()).await;
    let thread = format!("/v1/conversations/{conversation}/messages");
    let question = ada.get(&thread).await["items"][0]["id"].clone();
    let sections = json!([{ "rows": [{ "id": "a", "title": "Monday" }, { "id": "b", "title": "Tuesday" }] }]);
    let body = json!({ "parts": [
        { "type": "reaction", "message_id": question, "emoji": "👍" },
        { "type": "location", "latitude": 32.08, "longitude": 34.78, "name": "Acme, Tel Aviv" },
        { "type": "contacts", "contacts": [{ "name": "The shop", "phones": [{ "phone": "+97235550101" }] }] },
        { "type": "interactive", "text": "Coming?", "interactive": { "type": "buttons", "buttons": [{ "id": "y", "title": "Yes" }] } },
        { "type": "interactive", "text": "When?", "interactive": { "type": "list", "button": "Days", "sections": sections } },
        { "type": "interactive", "text": "See it", "interactive": { "type": "cta_url", "title": "Map", "url": "https://acme.test" } },
    ] });
    let (status, answer) = ada.ask("POST", &thread, Some(&body)).await;
    assert_eq!(status, 202, "{answer}");
    becomes(&ada, &thread, &["sent", "delivered", "delivered", "delivered", "delivered", "delivered"]).await;
    assert_eq!(
        phone(&stage).await,
        [
            json!(["text", "Where are you?", "👍"]),
            json!(["reaction", "👍", null]),
            json!(["location", "Acme, Tel Aviv", null]),
            json!(["contacts", "The shop", null]),
            json!(["interactive", "Coming?\n▢ Yes", null]),
            json!(["interactive", "When?\n▢ Monday\n▢ Tuesday", null]),
            json!(["interactive", "See it\n▢ Map ↗", null]),
        ]
    );
    let reactions = async || {
        let messages = ada.get(&thread).await;
        messages["items"].as_array().unwrap().iter().find(|m| m["id"] == question).unwrap()["reactions"].clone()
    };
    let by = json!({ "kind": "user", "name": "Ada", "id": ada.get("/v1/me").await["user"]["id"] });
    assert_eq!(reactions().await, json!([{ "emoji": "👍", "by": by }]));

    let back = json!({ "parts": [{ "type": "reaction", "message_id": question, "emoji": "" }] });
    let url = format!("{}{thread}", stage.gateway());
    assert_eq!(ada.post_with_key(&url, "take-it-back", &back).await, 202);
    eventually("no reaction", async || (reactions().await == json!([])).then_some(())).await;
    assert_eq!(phone(&stage).await[0], json!(["text", "Where are you?", null]));
    stage.end().await;
}

#[tokio::test]
async fn a_customer_who_has_long_been_silent_is_written_to_with_a_template() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let day_and_more = 25 * 60 * 60;
    stage.customer_writes(NUMBER, DANA, "wamid.old", Stage::now() - day_and_more, "hello").await;
    let conversation = ada.conversation_of("wamid.old").await;
    let thread = format!("/v1/conversations/{conversation}/messages");
    let options = ada.get(&format!("/v1/conversations/{conversation}/send-options")).await;
    let open: Vec<_> = options["options"].as_array().unwrap().iter().map(|o| json!([o["path"], o["open"]])).collect();
    assert_eq!(open, [json!(["free_form", false]), json!(["reaction", false]), json!(["template", true])]);

    let channels = ada.get("/v1/channels").await;
    let sales = channels["items"].as_array().unwrap().iter().find(|channel| channel["name"] == "Sales").unwrap();
    let templates = format!("/v1/channels/{}/templates", sales["id"].as_str().unwrap());
    let (status, synced) = ada.ask("POST", &format!("{templates}/sync"), Some(&json!({}))).await;
    assert_eq!((status, &synced["total"]), (200, &json!(8)), "{synced}");
    let parameters =
        json!({ "header": { "1": "42" }, "body": { "1": "Dana", "2": "ready" }, "buttons": { "1": "42" } });
    let part = json!({ "type": "template", "name": "order_update", "language": "en_US", "parameters": parameters });
    let (status, answer) = ada.ask("POST", &thread, Some(&json!({ "parts": [part] }))).await;
    assert_eq!(status, 202, "{answer}");
    becomes(&ada, &thread, &["delivered"]).await;
    let words = "Order 42\nHi Dana, your order is ready. Is there anything else that we can do?\nAcme Furniture\n▢ Thanks\n▢ Track it";
    assert_eq!(phone(&stage).await, [json!(["template", words, null])]);
    stage.end().await;
}

#[tokio::test]
async fn a_new_template_may_be_sent_once_the_channel_has_approved_it() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let channels = ada.get("/v1/channels").await;
    let sales = channels["items"].as_array().unwrap().iter().find(|channel| channel["name"] == "Sales").unwrap();
    let templates = format!("/v1/channels/{}/templates", sales["id"].as_str().unwrap());
    let new = json!({ "name": "we_miss_you", "language": "en", "category": "marketing", "body": "Hi {{name}}, come by.", "examples": { "body": { "name": "Dana" } } });
    let (status, created) = ada.ask("POST", &templates, Some(&new)).await;
    assert_eq!((status, &created["status"]), (201, &json!("pending")), "{created}");
    eventually("approved", async || (ada.get(&templates).await["items"][0]["status"] == "approved").then_some(()))
        .await;
    stage.end().await;
}

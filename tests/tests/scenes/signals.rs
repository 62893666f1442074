//! What the customer sees of the team before an answer: blue ticks, and that someone types.

use scenes::{Agent, Live, Stage, eventually};
use serde_json::{Value, json};

const NUMBER: &str = "1001";
const DANA: &str = "972541234567";

async fn writes(stage: &Stage, text: &str) -> String {
    let written = json!({ "phone_number_id": NUMBER, "from": DANA, "name": "Dana", "text": text });
    let url = format!("{}/simulator/api/messages", stage.gateway());
    let answer: Value = stage.client.post(url).json(&written).send().await.unwrap().json().await.unwrap();
    answer["id"].as_str().unwrap().to_owned()
}

/// The chat on the customer's phone: whether someone types, and the ticks of her own messages.
async fn phone(stage: &Stage) -> (bool, Vec<String>) {
    let url = format!("{}/simulator/api/threads/{NUMBER}/{DANA}", stage.gateway());
    let chat: Value = stage.client.get(url).send().await.unwrap().json().await.unwrap();
    let own = chat["messages"].as_array().unwrap().iter().filter(|message| message["author"] == "customer");
    (chat["typing"] == true, own.map(|message| message["tick"].as_str().unwrap().to_owned()).collect())
}

async fn reads(ada: &Agent, conversation: &str) {
    let path = format!("/v1/conversations/{conversation}/mark-read");
    assert_eq!(ada.ask("POST", &path, Some(&json!({}))).await.0, 200);
}

#[tokio::test]
async fn a_customer_sees_that_it_was_read_and_that_someone_types_unless_the_account_is_silent() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    writes(&stage, "Is it in stock?").await;
    let second = writes(&stage, "Hello?").await;
    let conversation = ada.conversation_of(&second).await;
    stage.settled().await;
    assert_eq!(phone(&stage).await, (false, vec!["delivered".to_owned(); 2]));

    reads(&ada, &conversation).await;
    let both = (false, vec!["read".to_owned(); 2]);
    eventually("blue ticks", async || (phone(&stage).await == both).then_some(())).await;

    let mut live = Live::open(&ada, &[format!("conversation:{conversation}")]).await;
    live.first("subscribed").await;
    live.say(&json!({ "action": "typing", "conversation_id": conversation })).await;
    eventually("typing…", async || phone(&stage).await.0.then_some(())).await;
    assert_eq!(ada.send(&conversation, "answer", &["It is."]).await.0, 202);
    eventually("the answer", async || (!phone(&stage).await.0).then_some(())).await;

    let channels = ada.get("/v1/channels").await;
    let sales = channels["items"].as_array().unwrap().iter().find(|channel| channel["name"] == "Sales").unwrap();
    let path = format!("/v1/channels/{}", sales["id"].as_str().unwrap());
    let (status, silent) = ada.ask("PATCH", &path, Some(&json!({ "read_receipts": false }))).await;
    assert_eq!((status, &silent["read_receipts"]), (200, &json!(false)));
    let third = writes(&stage, "Thank you").await;
    ada.conversation_of(&third).await;
    reads(&ada, &conversation).await;
    stage.settled().await;
    assert_eq!(phone(&stage).await.1, ["read", "read", "delivered"]);
    stage.end().await;
}

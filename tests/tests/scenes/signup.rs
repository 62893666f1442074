//! A business signs up with its number, hears its customers, answers, and leaves again.

use scenes::{Stage, eventually};
use serde_json::{Value, json};

/// What a browser or a customer asks of the simulator.
async fn simulator(stage: &Stage, path: &str, body: &Value) -> Value {
    let request = stage.client.post(format!("{}/simulator/api/{path}", stage.gateway())).json(body);
    request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

async fn writes(stage: &Stage, text: &str) -> String {
    let body = json!({ "phone_number_id": "9001", "from": "+81 90 1111 2222", "name": "Aiko", "text": text });
    simulator(stage, "messages", &body).await["id"].as_str().unwrap().to_owned()
}

/// The body of a connect, as the browser makes it of the signup's end.
async fn signed_up(stage: &Stage) -> (Value, String) {
    let body = json!({ "phone_number_id": "9001", "waba_id": "9900", "display_phone_number": "+81 3 5555 0100", "name": "Tokyo" });
    signed_up_with(stage, body).await
}

async fn signed_up_with(stage: &Stage, body: Value) -> (Value, String) {
    let ended = simulator(stage, "signups", &body).await;
    let (ids, user) = (&ended["data"], ended["user_id"].as_str().unwrap().to_owned());
    let connect = json!({ "type": "whatsapp", "code": ended["code"], "event": ended["event"],
        "waba_id": ids["waba_id"], "phone_number_id": ids["phone_number_id"] });
    (connect, user)
}

async fn texts(agent: &scenes::Agent) -> Vec<String> {
    let messages = agent.export().await;
    let inbound = messages.iter().filter(|message| message["direction"] == "inbound");
    inbound.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_number_comes_by_a_signup_works_and_leaves_with_its_history_kept() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let (connect, user) = signed_up(&stage).await;
    writes(&stage, "before anyone heard").await;
    let (status, account) = ada.ask("POST", "/v1/channels/connect", Some(&connect)).await;
    let id = account["id"].as_str().unwrap_or_default().to_owned();
    let health = "The token is good, for Tokyo. Its messages come here.";
    let expected = json!({ "id": id, "type": "whatsapp", "name": "Tokyo", "status": "active", "health": health, "read_receipts": true,
        "display_phone_number": "+81 3 5555 0100", "phone_number_id": "9001", "waba_id": "9900" });
    assert_eq!((status, &account), (200, &expected));

    let asked = writes(&stage, "in stock?").await;
    let conversation = ada.conversation_of(&asked).await;
    assert_eq!(ada.send(&conversation, "k", &["yes"]).await.0, 202, "the number is registered");
    eventually("the answer's ticks", async || (ada.outbox().await[0].2 == "delivered").then_some(())).await;

    // Somebody removes the app: the account waits for a reconnect, and hears on.
    let left = simulator(&stage, "signed-requests", &json!({ "user_id": user })).await;
    let form = format!("signed_request={}", left["signed_request"].as_str().unwrap());
    let callback = |form: String| {
        let request = stage.client.post(format!("{}/v1/meta/deauthorize", stage.gateway()));
        request.header("content-type", "application/x-www-form-urlencoded").body(form).send()
    };
    assert_eq!(callback(form.replace('.', ".e")).await.unwrap().status(), 401);
    assert_eq!(callback(form).await.unwrap().status(), 200);
    let listed = ada.all("/v1/channels").await;
    assert!(listed.iter().any(|item| item["id"] == id.as_str() && item["status"] == "needs_reauth"), "{listed:?}");
    let asked = writes(&stage, "still there?").await;
    ada.conversation_of(&asked).await;

    let (again, _) = signed_up(&stage).await;
    assert_eq!(ada.ask("POST", "/v1/channels/connect", Some(&again)).await, (200, expected));
    let (status, gone) = ada.ask("DELETE", &format!("/v1/channels/{id}"), None).await;
    assert_eq!((status, &gone["status"]), (200, &json!("disconnected")));
    writes(&stage, "nobody is told of this").await;
    stage.settled().await;
    assert_eq!(texts(&ada).await, ["in stock?", "still there?"]);
    let operator = stage.agent("op@install.test").await;
    assert_eq!(operator.all("/v1/operations/unrouted").await, Vec::<Value>::new(), "the subscription has ended");
    stage.end().await;
}

#[tokio::test]
async fn a_number_that_stays_on_its_phone_brings_its_chats_along_unless_its_owner_keeps_them() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    let signs_up = async |number: &str, shares_history: bool| {
        let body = json!({ "phone_number_id": number, "waba_id": "9900", "display_phone_number": format!("+81 3 5555 {number}"),
            "name": "Tokyo", "is_on_a_phone": true, "shares_history": shares_history });
        let connect = signed_up_with(&stage, body).await.0;
        assert_eq!(connect["event"], "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING");
        let (status, account) = ada.ask("POST", "/v1/channels/connect", Some(&connect)).await;
        assert_eq!((status, &account["status"]), (200, &json!("active")), "{account}");
        account["id"].as_str().unwrap().to_owned()
    };
    signs_up("9001", true).await;
    let past = eventually("the chat so far", async || {
        let all = ada.export().await;
        (all.len() == 2).then_some(all)
    });
    let said: Vec<_> = past.await.iter().map(|m| json!([m["direction"], m["text"]])).collect();
    assert_eq!(said, [json!(["inbound", "Do you have it in blue?"]), json!(["outbound", "We do, come by!"])]);

    let keeps = signs_up("9002", false).await;
    eventually("the owner's word", async || {
        let all = ada.all("/v1/channels").await;
        let health = all.iter().find(|account| account["id"] == keeps.as_str())?["health"].clone();
        (health == "The number's owner did not share its chats so far").then_some(())
    })
    .await;
    stage.end().await;
}

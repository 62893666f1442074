//! An answer for later: held until its time, in nobody's way, taken back until then; and what is counted on the way.

use std::time::Duration;

use domain::Timestamp;
use scenes::{Agent, Stage, eventually};
use serde_json::{Value, json};

const NUMBER: &str = "1001";
const DANA: &str = "972541234567";

/// What reached the customer's phone, in order.
async fn received(stage: &Stage) -> Vec<String> {
    let ledger: Value = stage
        .client
        .get(format!("{}/simulator/api/ledger", stage.gateway()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    ledger["items"].as_array().unwrap().iter().map(|send| send["text"].as_str().unwrap().to_owned()).collect()
}

async fn schedules(stage: &Stage, ada: &Agent, conversation: &str, text: &str, after: Duration) -> Value {
    let at = Timestamp::from_seconds(Stage::now()).plus(after).to_string();
    let body = json!({ "parts": [{ "type": "text", "text": text }], "send_at": at });
    let url = format!("{}/v1/conversations/{conversation}/messages", stage.gateway());
    let sent = ada.post_for(&url, text, &body).await;
    assert_eq!(
        (&sent["messages"][0]["send_at"], &sent["messages"][0]["delivery_status"]),
        (&json!(at), &json!("queued"))
    );
    sent["messages"][0]["id"].clone()
}

#[tokio::test]
async fn an_answer_for_later_goes_out_at_its_time_and_one_taken_back_never() {
    let stage = Stage::with_simulator().await;
    let ada = stage.agent("ada@acme.test").await;
    stage.customer_writes(NUMBER, DANA, "wamid.1", Stage::now(), "Is it in stock?").await;
    let conversation = ada.conversation_of("wamid.1").await;
    let soon = Duration::from_secs(15);
    schedules(&stage, &ada, &conversation, "and it arrived", soon).await;
    let gone = schedules(&stage, &ada, &conversation, "never", soon).await;
    assert_eq!(ada.send(&conversation, "now", &["we look"]).await.0, 202);
    let (status, taken_back) = ada.ask("DELETE", &format!("/v1/messages/{}", gone.as_str().unwrap()), None).await;
    assert_eq!((status, &taken_back["error"]["code"]), (200, &json!("cancelled")));
    eventually("the answer of now", async || (received(&stage).await == ["we look"]).then_some(())).await;

    let both = ["we look", "and it arrived"];
    eventually("the answer for later", async || (received(&stage).await == both).then_some(())).await;
    stage.settled().await;
    let row = ada.get(&format!("/v1/conversations/{conversation}")).await;
    assert_eq!(row["last_message_preview"], "and it arrived");
    assert_eq!(received(&stage).await, both);

    if let Some(page) = stage.figures().await {
        counted(&page);
    }
    stage.end().await;
}

/// What the functions counted of it, at the host.
fn counted(page: &str) {
    let figure = |name: &str| {
        let line = page.lines().find(|line| line.starts_with(&format!("{name}{{channel=\"whatsapp\"")));
        line.and_then(|line| line.rsplit(' ').next()).map(str::to_owned)
    };
    let counted = ["accepted_total", "provider_latency_seconds_count", "outbound_lag_seconds_count", "stored_total"];
    let counted = counted.map(|name| figure(&format!("switchboard_{name}")));
    assert_eq!(counted, ["2", "2", "2", "1"].map(|count| Some(count.to_owned())), "{page}");
    assert!(!page.contains(DANA) && !page.contains("we look"), "{page}");
}

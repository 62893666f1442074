//! Events of accounts that nobody has connected, or for which their signer may not speak.

use scenes::{Agent, Graph, Stage, eventually, payload};
use serde_json::{Value, json};

const NEW: &str = "7001";

fn message(number: &str, id: &str) -> Value {
    payload::webhook(number, &json!({ "messages": [payload::text("972541234567", id, Stage::now(), id)] }))
}

async fn connect(agent: &Agent, number: &str) -> (u16, Value) {
    let channel = json!({ "type": "whatsapp", "name": "New", "phone_number_id": number, "access_token": "token" });
    agent.ask("POST", "/v1/channels/connect", Some(&channel)).await
}

fn ids(messages: &[Value]) -> Vec<&str> {
    let mut ids: Vec<&str> = messages.iter().map(|message| message["channel_message_id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn an_unknown_account_is_answered_kept_and_replayed_when_it_is_connected() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    // A repeat is the same to the byte: made twice, it might tell another second.
    let (first, second) = (message(NEW, "wamid.1"), message(NEW, "wamid.2"));
    for body in [&first, &second, &first] {
        assert_eq!(stage.webhook(body).await, 200);
    }
    stage.settled().await;
    let operator = stage.agent("op@install.test").await;
    assert_eq!(operator.all("/v1/operations/unrouted").await.len(), 2);
    let ada = stage.agent("ada@acme.test").await;
    assert_eq!(connect(&ada, NEW).await.0, 200);
    stage.settled().await;
    assert_eq!(ids(&ada.export().await), ["wamid.1", "wamid.2"]);
    assert_eq!(operator.all("/v1/operations/unrouted").await, Vec::<Value>::new());
    let gil = stage.agent("gil@globex.test").await;
    assert_eq!(connect(&gil, NEW).await.0, 409, "it is connected elsewhere");
    stage.end().await;
}

#[tokio::test]
async fn events_that_race_their_accounts_connect_are_all_there_once() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    let ada = stage.agent("ada@acme.test").await;
    let written: Vec<String> = (10..50).map(|n| format!("wamid.{n}")).collect();
    let racing = async {
        for id in &written {
            assert_eq!(stage.webhook(&message(NEW, id)).await, 200);
        }
    };
    let connecting = async {
        let operator = stage.agent("op@install.test").await;
        eventually("an unrouted event", async || {
            (!operator.all("/v1/operations/unrouted").await.is_empty()).then_some(())
        })
        .await;
        assert_eq!(connect(&ada, NEW).await.0, 200);
    };
    tokio::join!(racing, connecting);
    stage.settled().await;
    assert_eq!(ids(&ada.export().await), written);
    stage.end().await;
}

#[tokio::test]
async fn a_tenants_own_app_cannot_speak_for_anothers_number() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    assert_eq!(stage.signed_webhook(Stage::GLOBEX_SECRET, &message("1001", "wamid.foreign")).await, 200);
    assert_eq!(stage.signed_webhook(Stage::GLOBEX_SECRET, &message("3001", "wamid.own")).await, 200);
    stage.settled().await;
    let (ada, gil) = (stage.agent("ada@acme.test").await, stage.agent("gil@globex.test").await);
    assert_eq!(ada.export().await, Vec::<Value>::new());
    assert_eq!(ids(&gil.export().await), ["wamid.own"]);
    assert_eq!(ada.all("/v1/operations/unrouted").await, Vec::<Value>::new());
    assert_eq!(gil.all("/v1/operations/unrouted").await.len(), 1, "who owns the app sees what it could not tell");
    stage.end().await;
}

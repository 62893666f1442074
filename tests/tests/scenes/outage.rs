//! The channel refuses, or takes a send and does not say so.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use scenes::{Agent, Answer, Graph, Stage, eventually, payload};
use serde_json::{Value, json};

/// Graph's code for a service that is unavailable for now.
const UNAVAILABLE: u32 = 131_016;

async fn conversations(stage: &Stage, agent: &Agent, customers: &[&str]) -> Vec<String> {
    let mut opened = Vec::new();
    for customer in customers {
        let id = format!("wamid.IN{customer}");
        stage.customer_writes("1001", customer, &id, Stage::now(), "hello").await;
        opened.push(agent.conversation_of(&id).await);
    }
    opened
}

/// Each customer's texts, in the order in which Graph took them.
fn taken(graph: &Graph) -> BTreeMap<String, Vec<String>> {
    let mut taken = BTreeMap::<String, Vec<String>>::new();
    graph.accepted().into_iter().for_each(|sent| taken.entry(sent.to).or_default().push(sent.text));
    taken
}

#[tokio::test]
async fn an_hours_outage_loses_repeats_and_reorders_no_reply() {
    const SCALE: u32 = 60;
    let graph = Graph::start().await;
    let down = Arc::new(AtomicBool::new(true));
    let is_down = down.clone();
    graph.play(move |_| {
        let is_down = is_down.load(Ordering::Relaxed);
        async move { if is_down { Answer::Refuse(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE) } else { Answer::Accept } }
    });
    let stage = Stage::with_graph(&graph, SCALE).await;
    let ada = stage.agent("ada@acme.test").await;
    let customers = ["972500000001", "972500000002", "972500000003"];
    let opened = conversations(&stage, &ada, &customers).await;
    let outage = tokio::time::sleep(Duration::from_secs(60 * 60) / SCALE);
    for (n, conversation) in (0..15).zip(opened.iter().cycle()) {
        assert_eq!(ada.send(conversation, &format!("key{n}"), &[&format!("answer {n}")]).await.0, 202);
    }
    outage.await;
    assert_eq!(taken(&graph), BTreeMap::new());
    let waiting = ada.outbox().await;
    assert!(waiting.iter().all(|(_, _, status)| status == "queued"), "{waiting:?}");

    down.store(false, Ordering::Relaxed);
    eventually("everything sent", async || {
        ada.outbox().await.iter().all(|(_, _, status)| status == "sent").then_some(())
    })
    .await;
    let expected: BTreeMap<String, Vec<String>> = (0_usize..)
        .zip(customers)
        .map(|(n, customer)| (customer.to_owned(), (n..15).step_by(3).map(|n| format!("answer {n}")).collect()))
        .collect();
    assert_eq!(taken(&graph), expected);
    assert_eq!(ada.all("/v1/operations/dead-letters").await, Vec::<Value>::new());
    stage.end().await;
}

#[tokio::test]
async fn a_send_that_was_taken_unheard_is_never_repeated_and_its_status_settles_it() {
    let graph = Graph::start().await;
    graph.play(|_| async { Answer::AcceptAndDrop });
    let stage = Stage::with_graph(&graph, 30).await;
    let ada = stage.agent("ada@acme.test").await;
    let opened = conversations(&stage, &ada, &["972500000001"]).await;
    assert_eq!(ada.send(&opened[0], "key", &["first part", "second part"]).await.0, 202);
    let becomes = async |expected: [&str; 2]| {
        eventually(expected[0], async || {
            let outbox = ada.outbox().await;
            let statuses: Vec<&str> = outbox.iter().map(|(_, _, status)| status.as_str()).collect();
            (statuses == expected).then_some(())
        })
        .await;
    };
    becomes(["unknown", "parked"]).await;
    let unknown = ada.all("/v1/operations/unknown-sends").await;
    assert_eq!(unknown.len(), 1, "the operator sees it: {unknown:?}");
    stage.settled().await;
    let asked = graph.asked();
    assert_eq!(asked.len(), 1, "nothing is sent again by itself: {asked:?}");

    graph.play(|_| async { Answer::Accept });
    let (sent, _) = &asked[0];
    let status = payload::status(&sent.id, "delivered", Stage::now(), &sent.to, Some(&sent.reference));
    assert_eq!(stage.webhook(&payload::webhook("1001", &json!({ "statuses": [status] }))).await, 200);
    becomes(["delivered", "parked"]).await;
    assert_eq!(ada.all("/v1/operations/unknown-sends").await, Vec::<Value>::new());
    stage.end().await;
}

#[tokio::test]
async fn a_dead_token_parks_what_is_sent_and_the_reconnect_sends_it_in_order() {
    let graph = Graph::start().await;
    graph.play(|_| async { Answer::Refuse(StatusCode::UNAUTHORIZED, 190) });
    let stage = Stage::with_graph(&graph, 1).await;
    let ada = stage.agent("ada@acme.test").await;
    let opened = conversations(&stage, &ada, &["972500000001", "972500000002"]).await;
    for (n, conversation) in (0..6).zip(opened.iter().cycle()) {
        assert_eq!(ada.send(conversation, &format!("key{n}"), &[&format!("answer {n}")]).await.0, 202);
    }
    stage.settled().await;
    assert_eq!(taken(&graph), BTreeMap::new());
    stage.customer_writes("1001", "972500000001", "wamid.meanwhile", Stage::now(), "still there?").await;
    ada.conversation_of("wamid.meanwhile").await;

    graph.play(|_| async { Answer::Accept });
    let channel =
        json!({ "type": "whatsapp", "name": "Sales", "phone_number_id": "1001", "access_token": "a new token" });
    let (status, reconnected) = ada.ask("POST", "/v1/channels/connect", Some(&channel)).await;
    assert_eq!((status, &reconnected["status"]), (200, &json!("active")), "{reconnected}");
    eventually("everything sent", async || {
        ada.outbox().await.iter().all(|(_, _, status)| status == "sent").then_some(())
    })
    .await;
    let expected = [
        ("972500000001", ["answer 0", "answer 2", "answer 4"]),
        ("972500000002", ["answer 1", "answer 3", "answer 5"]),
    ];
    assert_eq!(taken(&graph), expected.map(|(to, texts)| (to.to_owned(), texts.map(str::to_owned).to_vec())).into());
    stage.end().await;
}

//! What Meta posts, well-formed or not.

use std::collections::BTreeMap;

use scenes::{Graph, Stage, payload};
use serde_json::{Value, json};

fn hello(id: &str) -> Value {
    payload::webhook("1001", &json!({ "messages": [payload::text("972541234567", id, Stage::now(), "hello")] }))
}

#[tokio::test]
async fn what_nobody_signed_is_refused_and_leaves_nothing() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    let body = hello("wamid.forged").to_string().into_bytes();
    let right = payload::signature(Stage::SECRET, &body);
    let forged = payload::signature("another secret", &body);
    let short = &right[..right.len() - 2];
    for (case, body, signature) in [
        ("unsigned", body.clone(), None),
        ("forged", body.clone(), Some(forged.as_str())),
        ("a shortened signature", body.clone(), Some(short)),
        ("truncated", body[..body.len() - 1].to_vec(), Some(right.as_str())),
        ("no hexadecimal digits", body.clone(), Some("sha256=xyz")),
        ("empty", Vec::new(), Some(right.as_str())),
    ] {
        assert_eq!(stage.raw_webhook(body, signature).await, 401, "{case}");
    }
    let mut large = body.clone();
    large.resize(4 * 1024 * 1024 + 1, b' ');
    let signature = payload::signature(Stage::SECRET, &large);
    assert_eq!(stage.raw_webhook(large, Some(&signature)).await, 413);
    stage.settled().await;
    for email in ["ada@acme.test", "gil@globex.test"] {
        assert_eq!(stage.agent(email).await.export().await, Vec::<Value>::new());
    }
    assert_eq!(stage.raw_webhook(body, Some(&right)).await, 200, "the same bytes, rightly signed");
    stage.end().await;
}

#[tokio::test]
async fn both_secrets_of_an_app_sign_while_one_replaces_the_other() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    assert_eq!(stage.signed_webhook("install-secret-before", &hello("wamid.old-secret")).await, 200);
    assert_eq!(stage.signed_webhook(Stage::SECRET, &hello("wamid.new-secret")).await, 200);
    stage.settled().await;
    assert_eq!(stage.agent("ada@acme.test").await.export().await.len(), 2);
    stage.end().await;
}

#[tokio::test]
async fn the_handshake_answers_the_challenge_to_who_knows_the_token() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    let ask = async |path: &str, token: &str| {
        let query = format!("hub.mode=subscribe&hub.challenge=42&hub.verify_token={token}");
        let answer = stage.client.get(format!("{}{path}?{query}", stage.gateway())).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(ask("/webhooks/meta", "install-token").await, (200, "42".to_owned()));
    assert_eq!(ask("/webhooks/meta/2002", "globex-token").await, (200, "42".to_owned()));
    assert_eq!(ask("/webhooks/meta/2002", "install-token").await.0, 403);
    assert_eq!(ask("/webhooks/meta", "guess").await.0, 403);
    stage.end().await;
}

/// A thousand updates of three accounts of two tenants: the customers' clocks run against the order in the batch, and
/// one update is none.
fn thousand(start: i64) -> Value {
    let accounts = ["1001", "1002", "3001"];
    let mut messages: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for n in 0..999_i64 {
        let account = accounts[usize::try_from(n % 3).unwrap()];
        let from = format!("9725{:08}", n % 30);
        let at = start - n;
        messages.entry(account).or_default().push(payload::text(&from, &format!("wamid.B{n}"), at, &format!("{n}")));
    }
    messages.get_mut("3001").unwrap().insert(7, json!({ "from": "972500000001", "timestamp": "soon", "type": "text" }));
    payload::post_of(messages.into_iter().map(|(number, list)| payload::entry(number, &json!({ "messages": list }))))
}

#[tokio::test]
async fn a_thousand_updates_in_one_post_arrive_once_in_order_and_the_odd_one_stands_aside() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    let (ada, gil) = (stage.agent("ada@acme.test").await, stage.agent("gil@globex.test").await);
    let batch = thousand(Stage::now());
    assert_eq!(stage.webhook(&batch).await, 200);
    stage.settled().await;
    let stored = (ada.export().await, gil.export().await);
    assert_eq!((stored.0.len(), stored.1.len()), (666, 333));
    for (agent, messages) in [(&ada, &stored.0), (&gil, &stored.1)] {
        let mut threads: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for message in messages {
            threads.entry(message["conversation_id"].as_str().unwrap()).or_default().push(message);
        }
        for (conversation, thread) in threads {
            let seqs: Vec<u64> = thread.iter().map(|message| message["seq"].as_u64().unwrap()).collect();
            assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "no hole in {conversation}");
            let shown = agent.all(&format!("/v1/conversations/{conversation}/messages?limit=100")).await;
            let times: Vec<&str> = shown.iter().map(|message| message["sent_at"].as_str().unwrap()).collect();
            assert!(
                times.is_sorted_by(|newer, older| newer >= older),
                "{conversation} is not by the channel's clock: {times:?}"
            );
        }
    }
    let aside = gil.all("/v1/operations/quarantine").await;
    assert_eq!((aside.len(), ada.all("/v1/operations/quarantine").await.len()), (1, 0), "{aside:?}");

    assert_eq!(stage.webhook(&batch).await, 200);
    stage.settled().await;
    assert_eq!((ada.export().await, gil.export().await), stored, "the same again changes nothing");
    stage.end().await;
}

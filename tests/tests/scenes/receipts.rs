//! Whatever the order in which the record of a send and its statuses come, and however often: one state.

use std::collections::BTreeMap;
use std::sync::Arc;

use scenes::{Answer, Graph, Sent, Stage, payload};
use serde_json::json;

const NUMBER: &str = "1001";

/// One customer's order of events. `A` is our own record that Graph accepted the send.
#[derive(Clone, Debug)]
struct Case {
    order: Vec<&'static str>,
    /// Whether the statuses carry our reference.
    referenced: bool,
    /// What it must come to.
    ends: &'static str,
}

fn permutations(of: &[&'static str]) -> Vec<Vec<&'static str>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |first: &&'static str| {
        let rest: Vec<_> = of.iter().copied().filter(|it| it != first).collect();
        let first = *first;
        permutations(&rest).into_iter().map(move |rest| [vec![first], rest].concat()).collect::<Vec<_>>()
    };
    of.iter().flat_map(with_first).collect()
}

/// Every order of every set of statuses that WhatsApp tells, with and without our reference, by the customer's number.
fn cases() -> BTreeMap<String, Case> {
    let told: [(&[&str], &str); 6] = [
        (&["A", "sent", "delivered", "read"], "read"),
        (&["A", "sent", "read"], "read"),
        (&["A", "delivered", "read"], "read"),
        (&["A", "sent", "delivered"], "delivered"),
        (&["A", "sent", "failed"], "failed"),
        (&["A", "failed"], "failed"),
    ];
    let all = told.iter().flat_map(|(set, ends)| permutations(set).into_iter().map(move |order| (order, *ends)));
    let both =
        all.flat_map(|(order, ends)| [true, false].map(|referenced| Case { order: order.clone(), referenced, ends }));
    both.enumerate().map(|(n, case)| (format!("97250{n:07}"), case)).collect()
}

fn tell(sent: &Sent, case: &Case, status: &str) -> serde_json::Value {
    let reference = case.referenced.then_some(sent.reference.as_str());
    let step = case.order.iter().position(|it| *it == status).unwrap_or_default();
    let at = Stage::now() + i64::try_from(step).unwrap();
    payload::webhook(NUMBER, &json!({ "statuses": [payload::status(&sent.id, status, at, &sent.to, reference)] }))
}

#[tokio::test]
async fn every_order_of_a_send_and_its_statuses_ends_in_one_state() {
    let graph = Graph::start().await;
    let stage = Arc::new(Stage::with_graph(&graph, 1).await);
    let ada = stage.agent("ada@acme.test").await;
    let cases = Arc::new(cases());
    for customer in cases.keys() {
        stage.customer_writes(NUMBER, customer, &format!("wamid.IN{customer}"), Stage::now(), "hello").await;
    }
    stage.settled().await;

    // Graph tells what must come before its answer, and answers when that has been taken in.
    let (told, known) = (stage.clone(), cases.clone());
    graph.play(move |sent| tell_what_comes_before(told.clone(), known[&sent.to].clone(), sent));
    let inbound = ada.export().await;
    for (n, message) in inbound.iter().enumerate() {
        let conversation = message["conversation_id"].as_str().unwrap();
        stage.keep_pace(n).await;
        assert_eq!(ada.send(conversation, conversation, &["an answer"]).await.0, 202);
    }
    stage.settled().await;
    let sends = graph.accepted();
    assert_eq!(sends.len(), cases.len(), "each once");

    // What comes after it.
    let longest = 4;
    for step in 0..longest {
        for sent in &sends {
            let case = &cases[&sent.to];
            let after = case.order.iter().skip_while(|it| **it != "A").skip(1).nth(step);
            if let Some(status) = after {
                for _twice in 0..2 {
                    assert_eq!(stage.webhook(&tell(sent, case, status)).await, 200);
                }
            }
        }
        stage.settled().await;
    }

    let customer_of: BTreeMap<&str, &str> = inbound
        .iter()
        .map(|message| {
            let customer = message["channel_message_id"].as_str().unwrap().trim_start_matches("wamid.IN");
            (message["conversation_id"].as_str().unwrap(), customer)
        })
        .collect();
    let outbox = ada.outbox().await;
    let ended: BTreeMap<&str, &str> =
        outbox.iter().map(|(conversation, _, status)| (customer_of[conversation.as_str()], status.as_str())).collect();
    let expected: BTreeMap<&str, &str> = cases.iter().map(|(customer, case)| (customer.as_str(), case.ends)).collect();
    let differing: Vec<_> = ended
        .iter()
        .filter(|(customer, end)| expected[*customer] != **end)
        .map(|(customer, end)| (&cases[*customer], end))
        .collect();
    assert!(differing.is_empty() && ended.len() == expected.len(), "{differing:#?}");
}

async fn tell_what_comes_before(stage: Arc<Stage>, case: Case, sent: Sent) -> Answer {
    for status in case.order.iter().take_while(|it| **it != "A") {
        for _twice in 0..2 {
            assert_eq!(stage.webhook(&tell(&sent, &case, status)).await, 200);
        }
        stage.taken_in().await;
    }
    Answer::Accept
}

//! A send and its receipts, in every order and as often as they like, end in the same state.

use domain::{Delivery, DeliveryStatus, Failure, Message, MessageId, Receipt, Timestamp};
use table::StatusOutcome;

use crate::world::*;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// The channel's answer to our call is recorded.
    Recorded,
    Told(Receipt),
}

fn failure() -> Failure {
    Failure { code: "undeliverable".to_owned(), title: "Not delivered.".to_owned(), channel_code: Some(131_026) }
}

fn permutations(of: &[Step]) -> Vec<Vec<Step>> {
    if of.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for i in 0..of.len() {
        let mut rest = of.to_vec();
        let first = rest.remove(i);
        all.extend(permutations(&rest).into_iter().map(|p| [vec![first.clone()], p].concat()));
    }
    all
}

/// What anyone sees of it: all but its revision and whose word of its acceptance was the first.
fn shown(message: Message) -> Message {
    let delivery =
        message.delivery.map(|d| Delivery { accepted_at: d.accepted_at.map(|_| Timestamp::from_millis(0)), ..d });
    Message { rev: 0, delivery, ..message }
}

/// Plays the steps on a send of its own; what is shown of it in the end, under a name that all share.
async fn play(w: &World, n: usize, steps: &[Step], with_reference: bool) -> Message {
    let mut seed = thread(&format!("{n}"), 1);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(n as u64 + 1).to_be_bytes());
    seed.contact.id_if_new = domain::ContactId::from_bytes(bytes);
    let first = text(&format!("in{n}"), 0, "hi");
    let conversation = w.us().receive(&w.account, &seed, &[first], NOW).await.unwrap().conversation;
    let id = w.sends(&conversation, "k", &["answer"]).await.remove(0);
    let (head, message) = w.claims(&conversation).await;
    let external = format!("out{n}");
    for step in steps {
        match step {
            Step::Recorded => drop(w.us().record_accepted(&head, &message, &external, &[], NOW).await.unwrap()),
            Step::Told(receipt) => {
                let reference = with_reference.then(|| (id.clone(), 1));
                w.is_told(&external, reference, receipt.clone()).await;
            }
        }
    }
    assert_eq!(w.us().next_send(&conversation, NOW).await.unwrap(), None, "{steps:?}");
    assert_eq!(w.head(&conversation).await.out, Vec::<String>::new(), "{steps:?}");
    let message = shown(w.message(&id).await);
    assert_eq!(message.channel_message_id.as_ref(), Some(&external), "{steps:?}");
    Message { id: MessageId::new(&head.id, NOW, 2), channel_message_id: None, ..message }
}

fn same(a: &Message, b: &Message) -> bool {
    let neutral = |m: &Message| Message { id: b.id.clone(), ..m.clone() };
    neutral(a) == *b
}

#[tokio::test]
async fn every_order_of_a_send_and_its_receipts_ends_in_the_same_state() {
    every_order(false).await;
}

#[tokio::test]
async fn so_it_does_when_receipts_name_our_message() {
    every_order(true).await;
}

async fn every_order(with_reference: bool) {
    let w = world().await;
    let all = [
        Step::Recorded,
        Step::Told(Receipt::Accepted),
        Step::Told(Receipt::Delivered),
        Step::Told(Receipt::Read),
        Step::Told(Receipt::Failed(failure())),
    ];
    let mut expected: Option<Message> = None;
    for (n, order) in permutations(&all).into_iter().enumerate() {
        // Everything comes once more, in the same wrong order.
        let twice = [order.clone(), order.clone()].concat();
        let ended = play(&w, n, &twice, with_reference).await;
        match &expected {
            None => expected = Some(ended),
            Some(expected) => assert!(same(&ended, expected), "{order:?}: {ended:?} instead of {expected:?}"),
        }
    }
    let delivery = expected.unwrap().delivery.unwrap();
    assert_eq!((delivery.delivered_at, delivery.read_at), (Some(at(2)), Some(at(3))));
    assert_eq!((delivery.status(), delivery.failed.map(|f| f.why)), (DeliveryStatus::Read, Some(failure())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_that_race_the_record_of_their_send_are_never_lost() {
    let w = std::sync::Arc::new(world().await);
    for n in 0..25_u8 {
        let arrived = [text(&format!("in{n}"), 0, "hi")];
        let got = w.us().receive(&w.account, &thread(&format!("{n}"), n), &arrived, NOW).await.unwrap();
        let id = w.sends(&got.conversation, "k", &["answer"]).await.remove(0);
        let (head, message) = w.claims(&got.conversation).await;
        let external = format!("out{n}");
        let told = [
            (None, Receipt::Accepted),
            (Some((id.clone(), 1)), Receipt::Delivered),
            (None, Receipt::Delivered),
            (None, Receipt::Read),
        ];
        let mut racing: Vec<_> = Vec::new();
        for (reference, receipt) in told {
            let (w, external) = (w.clone(), external.clone());
            racing.push(tokio::spawn(async move { drop(w.is_told(&external, reference, receipt).await) }));
        }
        let recorder = w.clone();
        racing.push(tokio::spawn(async move {
            recorder.us().record_accepted(&head, &message, &external, &[], NOW).await.unwrap();
        }));
        for one in racing {
            one.await.unwrap();
        }
        let delivery = w.message(&id).await.delivery.unwrap();
        assert_eq!((delivery.delivered_at, delivery.read_at), (Some(at(2)), Some(at(3))), "round {n}");
        assert_eq!(w.head(&got.conversation).await.out, Vec::<String>::new(), "round {n}");
    }
}

#[tokio::test]
async fn a_receipt_waits_for_its_message_and_says_so() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    let id = w.sends(&conversation, "k", &["answer"]).await.remove(0);
    assert_eq!(w.is_told("out", None, Receipt::Delivered).await, StatusOutcome::Waiting);
    assert_eq!(w.status_of(&id).await, DeliveryStatus::Queued);
    w.is_accepted(&conversation, "out").await;
    assert_eq!(w.status_of(&id).await, DeliveryStatus::Delivered);
    let rev = w.message(&id).await.rev;
    assert_eq!(w.is_told("out", None, Receipt::Delivered).await, StatusOutcome::NothingNew);
    assert_eq!(w.is_told("out", None, Receipt::Read).await, StatusOutcome::Applied(id.clone()));
    assert_eq!(w.message(&id).await.rev, rev + 1);
}

#[tokio::test]
async fn a_status_leaves_the_head_alone() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    let id = w.sends(&conversation, "k", &["answer"]).await.remove(0);
    w.is_accepted(&conversation, "out").await;
    let before = w.head(&conversation).await;
    w.is_told("out", Some((id, 1)), Receipt::Read).await;
    assert_eq!(w.head(&conversation).await, before);
}

#[tokio::test]
async fn a_reference_to_what_is_not_this_accounts_is_not_believed() {
    let w = world().await;
    let got = w.hears(&[text("a", 0, "a")]).await;
    let id = w.sends(&got.conversation, "k", &["answer"]).await.remove(0);
    let foreign = domain::AccountId::from_bytes([9; 16]);
    let status = table::StatusIn {
        external_id: "x".to_owned(),
        reference: Some((id.clone(), 1)),
        receipt: Receipt::Read,
        at: NOW,
        pricing: None,
    };
    assert_eq!(w.us().apply_status(&foreign, &status).await.unwrap(), StatusOutcome::Waiting);
    // Nor one to a customer's message.
    assert_eq!(w.is_told("y", Some((got.stored[0].clone(), 1)), Receipt::Read).await, StatusOutcome::Waiting);
    assert_eq!(w.status_of(&id).await, DeliveryStatus::Queued);
}

#[tokio::test]
async fn a_receipt_of_an_unknown_send_settles_it() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    let id = w.sends(&conversation, "k", &["answer"]).await.remove(0);
    let (head, message) = w.claims(&conversation).await;
    w.us().record_unknown(&head, &message, NOW).await.unwrap();
    assert_eq!(w.status_of(&id).await, DeliveryStatus::Unknown);
    w.is_told("out", Some((id.clone(), 1)), Receipt::Accepted).await;
    assert_eq!(
        (w.status_of(&id).await, w.message(&id).await.channel_message_id),
        (DeliveryStatus::Sent, Some("out".to_owned()))
    );
    // From now on the channel's id alone is enough.
    assert_eq!(w.is_told("out", None, Receipt::Read).await, StatusOutcome::Applied(id));
}

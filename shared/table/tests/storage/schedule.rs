//! A send that was written for later is in nobody's way before its time, and one of many after it.

use domain::{DeliveryStatus, MessageId, Status, Timestamp};
use table::{Cancelled, Edited, Editor, Submit, Submitted};

use crate::world::*;

/// An agent schedules a text for this second.
async fn schedules(w: &World, to: &domain::ConversationId, key: &str, second: i64) -> MessageId {
    let submit = Submit { send_at: Some(at(second)), ..request(key, &[key]) };
    match w.us().submit(w.head(to).await, &submit, NOW).await.unwrap() {
        Submitted::Created(messages, _) => messages[0].id.clone(),
        other => panic!("not created: {other:?}"),
    }
}

/// The text that is sent next.
async fn next(w: &World, of: &domain::ConversationId, second: i64) -> Option<String> {
    w.us().next_send(of, at(second)).await.unwrap().and_then(|(_, message)| message.text)
}

async fn due(w: &World, second: i64) -> Vec<Timestamp> {
    let due = w.test.tables.global().due_before(at(second)).await.unwrap();
    due.into_iter().map(|(_, _, at)| at).collect()
}

#[tokio::test]
async fn what_is_scheduled_waits_for_its_time_while_answers_go_out() {
    let w = world().await;
    let id = w.hears(&[text("wamid.2", 0, "hello")]).await.conversation;
    let late = schedules(&w, &id, "late", 4_000).await;
    let early = schedules(&w, &id, "early", 2_000).await;
    assert_eq!((early.sent_at(), early.seq(), late.seq()), (at(2_000), 3, 2));
    let head = w.head(&id).await;
    assert_eq!((head.preview.as_str(), head.seq, head.due), ("hello", 3, Some(at(2_000))));
    assert_eq!(next(&w, &id, 1_999).await, None);

    w.sends(&id, "now", &["now"]).await;
    assert_eq!(next(&w, &id, 1).await.as_deref(), Some("now"));
    w.is_accepted(&id, "wamid.OUT1").await;
    assert_eq!(due(&w, 1_999).await, []);
    assert_eq!(due(&w, 2_000).await, [at(2_000)]);

    assert!(w.us().wake_due(&id, at(2_000)).await.unwrap());
    let head = w.head(&id).await;
    assert_eq!((head.preview.as_str(), head.last_at, head.due), ("early", at(2_000), Some(at(2_045))));
    assert_eq!(next(&w, &id, 2_001).await.as_deref(), Some("early"));
    w.is_accepted(&id, "wamid.OUT2").await;
    assert_eq!(w.head(&id).await.due, Some(at(4_000)));
    // The wake that `relay` had delayed comes before `sweep`: it changes nothing.
    assert_eq!(next(&w, &id, 4_000).await.as_deref(), Some("late"));
    assert!(!w.us().wake_due(&id, at(4_000)).await.unwrap());
}

#[tokio::test]
async fn it_is_taken_back_until_then_and_a_resolved_conversation_opens_when_it_goes_out() {
    let w = world().await;
    let id = w.hears(&[text("wamid.2", 0, "hello")]).await.conversation;
    let gone = schedules(&w, &id, "gone", 1_000).await;
    schedules(&w, &id, "kept", 1_000).await;
    assert!(matches!(w.us().cancel(&gone, &claim("c"), NOW).await.unwrap(), Cancelled::Done(_)));
    assert_eq!(w.status_of(&gone).await, DeliveryStatus::Failed);
    let by = Editor { user: user(1), request_id: "r".to_owned(), expected_version: None };
    assert!(matches!(w.us().set_status(&id, Status::Resolved, &by, NOW).await.unwrap(), Edited::Done(_)));
    assert_eq!(next(&w, &id, 1_000).await.as_deref(), Some("kept"));
    let head = w.head(&id).await;
    assert_eq!((head.status, head.preview.as_str(), head.scheduled), (Status::Open, "kept", vec![]));
}

#[tokio::test]
async fn it_gets_in_line_behind_what_waits_and_a_wait_stays_a_wait() {
    let w = world().await;
    let id = w.hears(&[text("wamid.2", 0, "hello")]).await.conversation;
    schedules(&w, &id, "later", 100).await;
    w.sends(&id, "now", &["now"]).await;
    w.us().wait(&w.head(&id).await, at(900)).await.unwrap();
    assert_eq!(w.head(&id).await.due, Some(at(100)), "the earlier of both");
    assert!(w.us().wake_due(&id, at(100)).await.unwrap());
    let head = w.head(&id).await;
    assert_eq!((head.out.len(), head.wait, head.due), (2, Some(at(900)), Some(at(900))));
    assert_eq!(next(&w, &id, 899).await, None);
    assert_eq!(next(&w, &id, 900).await.as_deref(), Some("now"));
}

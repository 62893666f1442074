//! What each action is billed, beside the target of the design (docs/COST.md): items of at most 1 KB.

use domain::{Owner, Receipt};
use table::{Ref, RefKind, Spent};

use crate::inbox::editor;
use crate::world::*;

/// Write units of the tables, of their indexes, and read units.
fn sum(spent: &[Spent]) -> (f64, f64, f64) {
    let of = |f: fn(&Spent) -> f64| spent.iter().map(f).sum::<f64>();
    (of(|s| s.write), of(|s| s.index_write), of(|s| s.read))
}

fn log(id: &str) -> [Ref; 2] {
    [RefKind::Conversation, RefKind::Message].map(|kind| Ref { kind, id: id.to_owned(), rev: 1 })
}

#[tokio::test]
async fn each_action_costs_what_the_design_says() {
    let w = world().await;
    let meter = &w.test.meter;
    meter.take();

    let first = w.hears(&[text("a", 0, "hi")]).await;
    assert_eq!(sum(&meter.take()), (12.0, 2.0, 0.5), "first message of a new contact");

    w.hears(&[text("b", 1, "hi")]).await;
    assert_eq!(sum(&meter.take()), (6.0, 4.0, 1.5), "a text of a known contact");

    let ten: Vec<_> = (0..10).map(|i| text(&format!("t{i}"), 2 + i, "hi")).collect();
    w.hears(&ten).await;
    assert_eq!(sum(&meter.take()), (42.0, 4.0, 1.5), "ten folded");

    w.us().append_log(&log(first.conversation.as_str()), NOW).await.unwrap();
    assert_eq!(sum(&meter.take()).0, 1.0, "a block of the log");

    let head = w.head(&first.conversation).await;
    w.us().submit(head, &request("k", &["answer"]), at(60)).await.unwrap();
    // DUE is written once: the design's table left it out here, and has it in the index writes of the record.
    assert_eq!(sum(&meter.take()), (6.0, 5.0, 1.0), "a reply is taken");

    let (head, message) = w.us().next_send(&first.conversation, at(61)).await.unwrap().unwrap();
    let message = w.us().claim(&message, &claim("c")).await.unwrap().unwrap();
    assert_eq!(sum(&meter.take()), (1.0, 0.0, 2.0), "… claimed");

    let told = thread("9725", 1).contact.identities;
    let head = w.us().record_accepted(&head, &message, "out", &told, at(62)).await.unwrap();
    assert_eq!(w.us().next_of(head, at(62)).await.unwrap(), None);
    assert_eq!(sum(&meter.take()), (3.0, 1.0, 1.5), "… recorded");

    let reference = Some((message.id.clone(), 1));
    w.is_told("out", reference.clone(), Receipt::Delivered).await;
    assert_eq!(sum(&meter.take()), (1.0, 0.0, 1.0), "a status that moves the message on");

    w.is_told("out", reference, Receipt::Accepted).await;
    w.is_told("out", None, Receipt::Delivered).await;
    assert_eq!(sum(&meter.take()), (0.0, 0.0, 3.0), "a status that says nothing new, by reference and by pointer");

    w.us().assign(&first.conversation, &Owner::User(user(1)), &editor(1, None), at(63)).await.unwrap();
    assert_eq!(sum(&meter.take()), (2.0, 3.0, 1.0), "assign, with its audit record before it");

    w.us().mark_read(&first.conversation, None).await.unwrap();
    assert_eq!(sum(&meter.take()), (1.0, 2.0, 1.0), "mark read");
}

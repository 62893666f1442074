//! What customers write is stored once, in order, in one conversation.

use std::time::Duration;

use domain::message::{Raw, ReplyTo};
use domain::{Direction, Identity, IdentityKind, MessageType, Status, Window};
use futures_util::future::join_all;
use table::{ContactSeed, Error, Received};

use crate::world::*;

#[tokio::test]
async fn a_first_message_makes_a_contact_and_a_conversation() {
    let w = world().await;
    let before = w.theirs().await;
    let got = w.hears(&[text("wamid.1", 0, "שלום  עולם")]).await;
    let head = w.head(&got.conversation).await;
    assert_eq!((head.seq, head.unread, head.rev, head.version), (1, 1, 1, 1));
    assert_eq!((head.contact_name.as_str(), head.preview.as_str(), head.last_at), ("Dana", "שלום עולם", at(0)));
    assert_eq!(head.window, Window::Until(at(86_400)));
    assert_eq!((head.last_type, head.last_direction), (Some(MessageType::Text), Some(Direction::Inbound)));
    let message = w.message(&got.stored[0]).await;
    assert_eq!((message.seq(), message.text.as_deref()), (1, Some("שלום  עולם")));
    assert_eq!(message.channel_message_id.as_deref(), Some("wamid.1"));
    let contact = w.us().contact(&got.contact).await.unwrap().unwrap();
    assert_eq!((contact.display_name().as_str(), contact.identity(IdentityKind::Phone)), ("Dana", Some("9725")));
    assert_eq!(w.us().contact_for(&w.account.id, &contact.identities).await.unwrap(), Some(got.contact));
    assert_eq!(w.theirs().await, before);
}

#[tokio::test]
async fn a_batch_is_stored_once_in_the_order_of_channel_time() {
    let w = world().await;
    let batch = [text("c", 3, "third"), text("a", 1, "first"), text("b", 2, "second"), text("a", 1, "first")];
    let got = w.hears(&batch).await;
    assert_eq!((got.stored.len(), got.duplicates), (3, 1));
    let page = w.us().messages(&got.conversation, None, 10).await.unwrap();
    let seen: Vec<_> = page.items.iter().map(|m| (m.seq(), m.text.clone().unwrap())).collect();
    assert_eq!(seen, [(3, "third".to_owned()), (2, "second".to_owned()), (1, "first".to_owned())]);
    let before = w.head(&got.conversation).await;
    let again = w.hears(&batch).await;
    let nothing = Received { stored: vec![], duplicates: 4, ..got };
    assert_eq!((again, w.head(&before.id).await), (nothing, before));
}

#[tokio::test]
async fn a_duplicate_among_new_messages_does_not_hold_them_up() {
    let w = world().await;
    w.hears(&[text("a", 1, "a")]).await;
    let got = w.hears(&[text("a", 1, "a"), text("b", 2, "b"), text("c", 3, "c")]).await;
    let head = w.head(&got.conversation).await;
    assert_eq!((got.stored.len(), got.duplicates, head.seq, head.unread), (2, 1, 3, 3));
}

#[tokio::test]
async fn more_than_a_transaction_holds_is_stored_in_several() {
    let w = world().await;
    let batch: Vec<_> = (0..120).map(|i| text(&format!("m{i}"), i, "x")).collect();
    let got = w.hears(&batch).await;
    let seqs: Vec<u64> = got.stored.iter().map(|id| id.seq()).collect();
    assert_eq!((seqs, w.head(&got.conversation).await.unread), ((1..=120).collect(), 120));
}

#[tokio::test]
async fn fifty_first_messages_at_once_make_one_contact_and_one_conversation() {
    let w = world().await;
    let one = |i: u8| {
        let w = &w;
        async move {
            loop {
                // A conflict that outlives its tries goes back to the queue.
                match w
                    .us()
                    .receive(&w.account, &thread("9725", i), &[text(&format!("m{i}"), i64::from(i), "x")], NOW)
                    .await
                {
                    Err(Error::Retry(_)) => {}
                    other => return other.unwrap(),
                }
            }
        }
    };
    let all = join_all((1..=50).map(one)).await;
    assert!(all.iter().all(|r| (&r.contact, &r.conversation) == (&all[0].contact, &all[0].conversation)));
    let mut seqs: Vec<u64> = all.iter().flat_map(|r| &r.stored).map(|id| id.seq()).collect();
    seqs.sort_unstable();
    let head = w.head(&all[0].conversation).await;
    assert_eq!((seqs, head.seq, head.unread), ((1..=50).collect(), 50, 50));
}

#[tokio::test]
async fn an_older_message_neither_moves_the_row_back_nor_shortens_the_window() {
    let w = world().await;
    let got = w.hears(&[text("b", 100, "newer")]).await;
    w.hears(&[text("a", 50, "older")]).await;
    let head = w.head(&got.conversation).await;
    assert_eq!((head.preview.as_str(), head.last_at, head.window), ("newer", at(100), Window::Until(at(86_500))));
    let order: Vec<_> = w.us().messages(&head.id, None, 10).await.unwrap().items.iter().map(|m| m.seq()).collect();
    assert_eq!(order, [1, 2]);
}

#[tokio::test]
async fn an_answer_within_the_same_second_stands_below_what_it_answers() {
    let w = world().await;
    let id = w.hears(&[text("wamid.1", 0, "hello")]).await.conversation;
    let sent = NOW.plus(Duration::from_millis(1_700));
    w.us().submit(w.head(&id).await, &request("key", &["how are you?", "and Ken?"]), sent).await.unwrap();
    w.hears(&[text("wamid.2", 1, "both fine")]).await;
    let page = w.us().messages(&id, None, 10).await.unwrap();
    let seen: Vec<_> = page.items.iter().map(|m| (m.text.as_deref().unwrap(), m.sent_at)).collect();
    assert_eq!(seen, [("both fine", at(1)), ("and Ken?", at(1)), ("how are you?", at(1)), ("hello", at(0))]);
    assert_eq!(w.head(&id).await.preview, "both fine");
}

#[tokio::test]
async fn a_message_reopens_what_was_closed() {
    let w = world().await;
    let got = w.hears(&[text("a", 1, "a")]).await;
    let by = crate::inbox::editor(1, None);
    w.us().set_status(&got.conversation, Status::Resolved, &by, NOW).await.unwrap();
    w.hears(&[text("b", 2, "b")]).await;
    assert_eq!(w.head(&got.conversation).await.status, Status::Open);
}

#[tokio::test]
async fn a_channel_clock_that_runs_ahead_is_held_back() {
    let w = world().await;
    let mut early = text("a", 7_200, "a");
    early.received_at = at(0);
    let got = w.hears(&[early]).await;
    assert_eq!(w.head(&got.conversation).await.last_at, at(300));
}

#[tokio::test]
async fn new_names_join_the_contact_that_one_of_them_belongs_to() {
    let w = world().await;
    let first = w.hears(&[text("a", 1, "a")]).await;
    let identity = |kind, value: &str| Identity { kind, value: value.to_owned() };
    let identities = vec![
        identity(IdentityKind::UserId, "US.1"),
        identity(IdentityKind::Phone, "9725"),
        identity(IdentityKind::Username, "dana"),
    ];
    let mut named = thread("9725", 9);
    named.contact = ContactSeed { identities, name: Some("Dana Levi".to_owned()), ..named.contact };
    let got = w.us().receive(&w.account, &named, &[text("b", 2, "b")], NOW).await.unwrap();
    assert_eq!((&got.contact, &got.conversation), (&first.contact, &first.conversation));
    let contact = w.us().contact(&got.contact).await.unwrap().unwrap();
    assert_eq!(contact.identities.len(), 3);
    assert_eq!(
        (contact.name.as_deref(), w.head(&got.conversation).await.contact_name),
        (Some("Dana Levi"), "Dana Levi".to_owned())
    );
    // The new name alone leads there now; the user name never does.
    let by = |kind, value| [identity(kind, value)];
    let us = w.us();
    let id = us.contact_for(&w.account.id, &by(IdentityKind::UserId, "US.1")).await.unwrap();
    let username = us.contact_for(&w.account.id, &by(IdentityKind::Username, "dana")).await.unwrap();
    assert_eq!((id, username), (Some(got.contact), None));
    // A late older message does not bring the old name back.
    w.us().receive(&w.account, &thread("9725", 1), &[text("c", 0, "c")], NOW).await.unwrap();
    assert_eq!(w.head(&got.conversation).await.contact_name, "Dana Levi");
}

#[tokio::test]
async fn a_group_is_one_conversation_of_many() {
    let w = world().await;
    let mut ids = Vec::new();
    for (phone, n) in [("1", 1), ("2", 2)] {
        let mut group = thread(phone, n);
        group.group = Some("g".to_owned());
        let got = w.us().receive(&w.account, &group, &[text(phone, i64::from(n), "hi")], NOW).await.unwrap();
        ids.push((got.conversation, got.contact));
    }
    assert!(ids[0].0 == ids[1].0 && ids[0].1 != ids[1].1, "{ids:?}");
    assert_eq!(w.head(&ids[0].0).await.group.as_deref(), Some("g"));
}

#[tokio::test]
async fn a_quote_finds_its_message_and_a_large_payload_comes_back_whole() {
    let w = world().await;
    let first = w.hears(&[text("a", 1, "a")]).await;
    let raw = format!("{{\"x\":\"{}\"}}", "é".repeat(5_000));
    let mut quote = text("b", 2, "b");
    quote.reply_to = Some("a".to_owned());
    quote.raw = Some(Raw::Inline(raw.clone()));
    quote.raw_type = Some("sticker".to_owned());
    let got = w.hears(&[quote]).await;
    let message = w.message(&got.stored[0]).await;
    let reply = ReplyTo { message: Some(first.stored[0].clone()), channel_message_id: Some("a".to_owned()) };
    assert_eq!(
        (message.reply_to, message.raw, message.raw_type.as_deref()),
        (Some(reply), Some(Raw::Inline(raw)), Some("sticker"))
    );
}

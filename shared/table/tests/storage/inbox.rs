//! What agents do: they list, answer, assign, read, and do not get in each other's way.

use domain::{ConversationId, Owner, Status};
use futures_util::future::join_all;
use table::{Edited, ListFilter, Row, Submitted};

use crate::world::*;

pub(crate) fn editor(n: u8, expected_version: Option<u64>) -> table::Editor {
    table::Editor { user: user(n), request_id: "r".to_owned(), expected_version }
}

/// Conversations of as many contacts, a second apart.
async fn conversations(w: &World, from: u8, count: u8) -> Vec<ConversationId> {
    let mut ids = Vec::new();
    for i in from..from + count {
        let message = text(&format!("m{i}"), i64::from(i), "hi");
        let got = w.us().receive(&w.account, &thread(&format!("{i}"), i), &[message], NOW).await.unwrap();
        ids.push(got.conversation);
    }
    ids
}

#[tokio::test]
async fn pages_show_each_row_once_while_new_ones_come_in() {
    let w = world().await;
    let mut expected = conversations(&w, 1, 30).await;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = w.us().conversations(&ListFilter::default(), before.as_ref(), 7).await.unwrap();
        seen.extend(page.items.into_iter().map(|row| row.id));
        conversations(&w, 100 + u8::try_from(seen.len()).unwrap(), 1).await;
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    expected.reverse();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_filter_that_no_index_knows_still_shows_every_row() {
    let w = world().await;
    let mut expected = conversations(&w, 1, 12).await;
    let filter = ListFilter { channel: Some(w.account.channel), ..ListFilter::default() };
    let page = w.us().conversations(&filter, None, 100).await.unwrap();
    expected.reverse();
    assert_eq!((page.items.into_iter().map(|r| r.id).collect::<Vec<_>>(), page.next), (expected, None));
    let line = ListFilter { channel: Some(domain::ChannelType::Line), ..filter };
    assert_eq!(w.us().conversations(&line, None, 100).await.unwrap().items, []);
}

#[tokio::test]
async fn a_row_is_its_head_and_moves_with_owner_and_status() {
    let w = world().await;
    let ids = conversations(&w, 1, 2).await;
    let mine = ListFilter { owner: Some(Owner::User(user(1))), ..ListFilter::default() };
    let nobodys = ListFilter { owner: Some(Owner::Nobody), statuses: vec![Status::Open], ..ListFilter::default() };
    w.us().assign(&ids[0], &Owner::User(user(1)), &editor(1, None), NOW).await.unwrap();
    w.us().set_status(&ids[0], Status::Pending, &editor(1, None), NOW).await.unwrap();
    let us = w.us();
    let list = async |filter: &ListFilter| us.conversations(filter, None, 10).await.unwrap().items;
    assert_eq!(list(&mine).await, [Row::from(&w.head(&ids[0]).await)]);
    assert_eq!(list(&nobodys).await, [Row::from(&w.head(&ids[1]).await)]);
    let pending = ListFilter { statuses: vec![Status::Pending], ..ListFilter::default() };
    assert_eq!(list(&pending).await.len(), 1);
}

#[tokio::test]
async fn of_two_edits_of_one_version_one_wins_and_the_other_sees_it() {
    let w = world().await;
    let id = conversations(&w, 1, 1).await.remove(0);
    let all = join_all((1..=8).map(|n| {
        let (w, id) = (&w, &id);
        async move { w.us().assign(id, &Owner::User(user(n)), &editor(n, Some(1)), NOW).await.unwrap() }
    }))
    .await;
    let head = w.head(&id).await;
    let won = all.iter().filter(|e| matches!(e, Edited::Done(h) if **h == head)).count();
    let lost = all.iter().filter(|e| matches!(e, Edited::Conflict(h) if **h == head)).count();
    assert_eq!((won, lost, head.version), (1, 7, 2));
    // A customer's message makes no agent lose.
    w.us().receive(&w.account, &thread("1", 1), &[text("more", 9, "?")], NOW).await.unwrap();
    let status = w.us().set_status(&id, Status::Resolved, &editor(1, Some(2)), at(1)).await.unwrap();
    assert_eq!(status, Edited::Done(Box::new(w.head(&id).await)));
    let audits = w.us().audits(None, 10, NOW).await.unwrap().items;
    let actions: Vec<_> = audits.iter().map(|a| (a.action.as_str(), a.target.as_str())).collect();
    assert_eq!(actions, [("conversation.status", id.as_str()), ("conversation.assign", id.as_str())]);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_writes_nothing() {
    let w = world().await;
    let id = conversations(&w, 1, 1).await.remove(0);
    let before = w.head(&id).await;
    let same = w.us().assign(&id, &Owner::Nobody, &editor(1, None), NOW).await.unwrap();
    assert_eq!(same, Edited::Done(Box::new(before)));
    assert_eq!(w.us().audits(None, 10, NOW).await.unwrap().items, []);
}

#[tokio::test]
async fn the_read_position_only_moves_forward() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 1, "a"), text("b", 2, "b"), text("c", 3, "c")]).await.conversation;
    let us = w.us();
    let read =
        async |seq| us.mark_read(&conversation, seq).await.unwrap().map(|h| (h.read_seq, h.unread, h.rev, h.version));
    assert_eq!(read(Some(2)).await, Some((2, 1, 2, 1)));
    assert_eq!(read(Some(1)).await, Some((2, 1, 2, 1)));
    assert_eq!(read(None).await, Some((3, 0, 3, 1)));
    assert_eq!(us.mark_read(&ConversationId::from_bytes([9; 16]), None).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_another_body_none() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    let head = w.head(&conversation).await;
    let all = join_all((0..3).map(|_| {
        let (w, head) = (&w, head.clone());
        async move { w.us().submit(head, &request("k", &["one", "two"]), NOW).await.unwrap() }
    }))
    .await;
    let messages = w.us().messages(&conversation, None, 10).await.unwrap().items;
    let stored: Vec<_> = messages.into_iter().filter(|m| m.seq() > 1).rev().collect();
    assert_eq!(stored.len(), 2);
    for answer in all {
        match answer {
            Submitted::Created(messages, _) | Submitted::Same(messages) => assert_eq!(messages, stored),
            other => panic!("{other:?}"),
        }
    }
    let other = w.us().submit(head.clone(), &request("k", &["else"]), NOW).await.unwrap();
    assert_eq!(other, Submitted::OtherBody);
    // Also when the request would no longer be taken.
    w.us().submit(head.clone(), &table::Submit { user: user(2), ..request("k", &["newer"]) }, NOW).await.unwrap();
    let late = table::Submit { expected_seq: Some(1), ..request("k", &["one", "two"]) };
    let now = w.head(&conversation).await;
    assert_eq!(w.us().submit(now, &late, NOW).await.unwrap(), Submitted::Same(stored));
}

#[tokio::test]
async fn a_teammates_newer_reply_is_in_the_way_unless_forced() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    w.sends(&conversation, "k", &["by Ada"]).await;
    let head = w.head(&conversation).await;
    let second = table::Submit { user: user(2), expected_seq: Some(1), ..request("k", &["by Ben"]) };
    assert_eq!(w.us().submit(head.clone(), &second, NOW).await.unwrap(), Submitted::NewerReply { seq: 2 });
    let own = table::Submit { expected_seq: Some(1), ..request("k2", &["by Ada again"]) };
    assert!(matches!(w.us().submit(head.clone(), &own, NOW).await.unwrap(), Submitted::Created(..)));
    let forced = table::Submit { force: true, ..second };
    assert!(matches!(w.us().submit(head, &forced, NOW).await.unwrap(), Submitted::Created(..)));
}

#[tokio::test]
async fn an_answer_reopens_the_conversation_and_shows_in_its_row() {
    let w = world().await;
    let conversation = w.hears(&[text("a", -5, "a")]).await.conversation;
    w.us().set_status(&conversation, Status::Resolved, &editor(1, None), NOW).await.unwrap();
    w.sends(&conversation, "k", &["one", "two"]).await;
    let head = w.head(&conversation).await;
    assert_eq!((head.status, head.seq, head.unread, head.preview.as_str()), (Status::Open, 3, 1, "two"));
    assert_eq!((head.out.len(), head.due), (2, Some(at(45))));
}

#[tokio::test]
async fn a_thread_is_read_page_by_page() {
    let w = world().await;
    let batch: Vec<_> = (1..=25).map(|i| text(&format!("{i}"), i, "x")).collect();
    let conversation = w.hears(&batch).await.conversation;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = w.us().messages(&conversation, before.as_deref(), 10).await.unwrap();
        seen.push(page.items.iter().map(|m| m.seq()).collect::<Vec<_>>());
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, [(16..=25).rev().collect::<Vec<_>>(), (6..=15).rev().collect(), (1..=5).rev().collect()]);
}

//! A send is claimed once, goes out in order, and waits when it must.

use domain::body::{Context, Referral};
use domain::conversation::OUT_MAX;
use domain::send_option::FreeEntry;
use domain::{
    AccountStatus, Body, ConversationId, DeliveryStatus as S, Failure, Identity, IdentityKind, MessageId, Past, Receipt,
};
use futures_util::future::join_all;
use table::{CANCELLED, Cancelled, Retried};

use crate::world::*;

fn failure(code: &str) -> Failure {
    Failure { code: code.to_owned(), title: code.to_owned(), channel_code: None }
}

/// A conversation with these requests waiting, each a list of parts; their messages in order.
async fn waiting(w: &World, requests: &[&[&str]]) -> (ConversationId, Vec<MessageId>) {
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    let mut ids = Vec::new();
    for (i, parts) in requests.iter().enumerate() {
        ids.extend(w.sends(&conversation, &format!("k{i}"), parts).await);
    }
    (conversation, ids)
}

#[tokio::test]
async fn twenty_holders_get_one_claim() {
    let w = world().await;
    let (conversation, _) = waiting(&w, &[&["a"]]).await;
    let (_, message) = w.us().next_send(&conversation, NOW).await.unwrap().unwrap();
    let claims = join_all((0..20).map(|i| {
        let (w, message) = (&w, &message);
        async move { w.us().claim(message, &claim(&format!("{i}"))).await.unwrap() }
    }));
    let won = claims.await.into_iter().flatten().count();
    let (_, now) = w.us().next_send(&conversation, NOW).await.unwrap().unwrap();
    assert_eq!((won, now.delivery.unwrap().claim.is_some(), now.rev), (1, true, message.rev));
}

#[tokio::test]
async fn sends_go_out_in_the_order_of_their_requests() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a", "b"], &["c"]]).await;
    let mut sent = Vec::new();
    for i in 0..3 {
        sent.push(w.is_accepted(&conversation, &format!("out{i}")).await);
    }
    let head = w.head(&conversation).await;
    assert_eq!((sent, head.out, head.due, head.wait), (ids, vec![], None, None));
}

#[tokio::test]
async fn recording_an_acceptance_twice_changes_nothing_more() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a", "b"]]).await;
    let (head, message) = w.claims(&conversation).await;
    let once = w.us().record_accepted(&head, &message, "out", &[], NOW).await.unwrap();
    let stored = w.message(&ids[0]).await;
    let twice = w.us().record_accepted(&head, &message, "out", &[], at(9)).await.unwrap();
    assert_eq!((twice, w.message(&ids[0]).await), (once, stored));
}

#[tokio::test]
async fn an_acceptance_is_paid_for_and_answers_whoever_came_by_an_advertisement() {
    let w = world().await;
    let context = Context { referral: Some(Referral::default()), ..Context::default() };
    let came = table::Inbound { body: Body { context, ..Body::default() }, ..text("a", 0, "a") };
    let conversation = w.hears(&[came]).await.conversation;
    w.sends(&conversation, "k", &["one", "two"]).await;
    let entry = |answered_at| Some(FreeEntry { came_at: at(0), answered_at });
    let head = w.head(&conversation).await;
    assert_eq!((head.free_entry, head.paid), (entry(None), None));
    w.is_accepted(&conversation, "out1").await;
    w.is_accepted(&conversation, "out2").await;
    let head = w.head(&conversation).await;
    let paid = NOW.plus(std::time::Duration::from_secs(12));
    assert_eq!((head.free_entry, head.paid), (entry(Some(NOW)), Some(paid)));
}

#[tokio::test]
async fn an_account_waits_until_the_latest_time_that_was_asked_for() {
    let w = world().await;
    let throttled = async || w.us().account(&w.account.id).await.unwrap().unwrap();
    w.us().put_account(&w.account).await.unwrap();
    let seen = throttled().await;
    w.us().throttle_account(&seen, at(60)).await.unwrap();
    w.us().throttle_account(&seen, at(90)).await.unwrap(); // Of what was seen before: another was faster.
    assert_eq!(throttled().await.throttled_until, Some(at(60)));
    w.us().throttle_account(&throttled().await, at(30)).await.unwrap();
    assert_eq!(throttled().await.throttled_until, Some(at(60)));
    w.us().throttle_account(&throttled().await, at(90)).await.unwrap();
    assert_eq!(throttled().await.throttled_until, Some(at(90)));
}

#[tokio::test]
async fn what_still_waits_is_taken_back_and_the_parts_after_it_go_on() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a", "b", "c"]]).await;
    let cancel = async |id: &MessageId| w.us().cancel(id, &claim("mine"), NOW).await.unwrap();
    let Cancelled::Done(message) = cancel(&ids[1]).await else { panic!("it waits") };
    let why = message.delivery.as_ref().and_then(|d| d.error()).map(|why| why.code.clone());
    assert_eq!((message.id, why.as_deref()), (ids[1].clone(), Some(CANCELLED)));
    assert_eq!(cancel(&ids[1]).await, Cancelled::NotQueued(S::Failed));
    let (head, claimed) = w.claims(&conversation).await;
    assert_eq!(cancel(&ids[0]).await, Cancelled::NotQueued(S::Queued), "it is on its way");
    w.us().record_accepted(&head, &claimed, "out", &[], NOW).await.unwrap();
    assert_eq!(w.is_accepted(&conversation, "out2").await, ids[2]);
    assert_eq!(w.statuses(&ids).await, [S::Sent, S::Failed, S::Sent]);
    let heard = w.hears(&[text("x", 0, "x")]).await.stored;
    assert_eq!(cancel(&heard[0]).await, Cancelled::NotFound, "a customer's is none of ours");
}

#[tokio::test]
async fn a_name_that_the_channel_tells_with_its_answer_leads_to_the_contact_unless_it_is_someone_elses() {
    let w = world().await;
    let (conversation, _) = waiting(&w, &[&["a", "b"]]).await;
    let other = w.us().receive(&w.account, &thread("77", 7), &[text("x", 0, "x")], NOW).await.unwrap().contact;
    let (head, message) = w.claims(&conversation).await;
    let name = |kind, value: &str| Identity { kind, value: value.to_owned() };
    let [user_id, known, theirs] =
        [name(IdentityKind::UserId, "US.1"), name(IdentityKind::Phone, "9725"), name(IdentityKind::Phone, "77")];
    let told = [user_id.clone(), known.clone(), theirs.clone()];
    w.us().record_accepted(&head, &message, "out", &told, NOW).await.unwrap();
    let us = w.us();
    let of = async |name: &Identity| us.contact_for(&w.account.id, std::slice::from_ref(name)).await.unwrap();
    assert_eq!((of(&user_id).await.as_ref(), of(&theirs).await), (Some(&head.contact), Some(other)));
    assert_eq!(us.contact(&head.contact).await.unwrap().unwrap().identities, [known, user_id]);
}

#[tokio::test]
async fn a_failed_part_parks_the_later_parts_of_its_request_alone() {
    for unknown in [false, true] {
        let w = world().await;
        let (conversation, ids) = waiting(&w, &[&["a", "b", "c"], &["d"]]).await;
        w.is_accepted(&conversation, "out").await;
        let (head, message) = w.claims(&conversation).await;
        let head = match unknown {
            true => w.us().record_unknown(&head, &message, NOW).await.unwrap(),
            false => w.us().record_failed(&head, &message, &failure("blocked"), NOW).await.unwrap(),
        };
        let end = if unknown { S::Unknown } else { S::Failed };
        assert_eq!(w.statuses(&ids).await, [S::Sent, end, S::Parked, S::Queued]);
        assert_eq!(w.message(&ids[2]).await.delivery.unwrap().parked.unwrap().code, "previous_part");
        let next = w.us().next_of(head, NOW).await.unwrap().unwrap();
        assert_eq!(next.1.id, ids[3]);
    }
}

#[tokio::test]
async fn a_retry_queues_the_part_and_those_that_waited_for_it_at_the_end() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a", "b", "c"], &["d"]]).await;
    let (head, message) = w.claims(&conversation).await;
    w.us().record_failed(&head, &message, &failure("blocked"), NOW).await.unwrap();
    assert_eq!(w.us().retry(&ids[1], NOW).await.unwrap(), Retried::NotRetryable(S::Parked));
    let Retried::Queued(again) = w.us().retry(&ids[0], NOW).await.unwrap() else { panic!("not queued") };
    assert_eq!((again.delivery.unwrap().attempt, again.channel_message_id), (2, None));
    assert_eq!(w.us().retry(&ids[0], NOW).await.unwrap(), Retried::NotRetryable(S::Queued));
    let mut sent = Vec::new();
    for i in 0..4 {
        sent.push(w.is_accepted(&conversation, &format!("out{i}")).await);
    }
    let [a, b, c, d] = ids.try_into().unwrap();
    assert_eq!(sent, [d, a, b, c]);
}

#[tokio::test]
async fn a_failure_of_an_earlier_attempt_does_not_fail_the_next() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a"]]).await;
    let (head, message) = w.claims(&conversation).await;
    w.us().record_unknown(&head, &message, NOW).await.unwrap();
    w.us().retry(&ids[0], NOW).await.unwrap();
    w.is_told("first", Some((ids[0].clone(), 1)), Receipt::Failed(failure("late"))).await;
    assert_eq!(w.status_of(&ids[0]).await, S::Queued);
    // But that it arrived, by whichever attempt, is good news: it is not sent again.
    w.is_told("first", Some((ids[0].clone(), 1)), Receipt::Delivered).await;
    assert_eq!(w.us().next_send(&conversation, NOW).await.unwrap(), None);
    assert_eq!((w.status_of(&ids[0]).await, w.head(&conversation).await.out), (S::Delivered, vec![]));
}

#[tokio::test]
async fn a_send_that_was_not_taken_waits_and_holds_its_conversation() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a"], &["b"]]).await;
    let (head, message) = w.claims(&conversation).await;
    let head = w.us().release_and_wait(&head, &message, at(60)).await.unwrap();
    assert_eq!((head.wait, head.due), (Some(at(60)), Some(at(60))));
    assert_eq!(w.us().next_send(&conversation, at(59)).await.unwrap(), None);
    let (_, message) = w.us().next_send(&conversation, at(60)).await.unwrap().unwrap();
    let delivery = message.delivery.unwrap();
    assert_eq!((message.id, delivery.claim, delivery.waits), (ids[0].clone(), None, 1));
    // Another send does not bring the look at it forward.
    w.sends(&conversation, "late", &["c"]).await;
    assert_eq!(w.head(&conversation).await.due, Some(at(60)));
}

#[tokio::test]
async fn a_reconnect_wakes_every_conversation_of_the_account_in_order() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a", "b"]]).await;
    let (head, message) = w.claims(&conversation).await;
    let head = w.us().park_account(&w.account, &head, &message, &failure("reconnect"), NOW).await.unwrap();
    assert_eq!((w.statuses(&ids).await, head.due), (vec![S::Parked, S::Queued], None));
    w.sends(&conversation, "late", &["c"]).await;
    assert_eq!(
        (w.us().next_send(&conversation, at(1_000_000)).await.unwrap(), w.head(&conversation).await.due),
        (None, None)
    );
    assert_eq!(w.us().unpark_account(&w.account.id, NOW).await.unwrap(), 1);
    let woken = w.head(&conversation).await;
    assert_eq!((woken.wait, woken.wakes, woken.due), (None, 1, Some(at(45))));
    assert_eq!(w.is_accepted(&conversation, "out").await, ids[0]);
    assert_eq!(w.us().unpark_account(&w.account.id, NOW).await.unwrap(), 0);
}

#[tokio::test]
async fn a_park_that_races_the_reconnect_undoes_itself() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a"]]).await;
    let (head, message) = w.claims(&conversation).await;
    let renewed = domain::Account { credential: 2, ..w.account.clone() };
    w.us().put_account(&renewed).await.unwrap();
    let head = w.us().park_account(&w.account, &head, &message, &failure("reconnect"), NOW).await.unwrap();
    assert_eq!((w.status_of(&ids[0]).await, head.wait), (S::Queued, None));
    // Nor does the old token's refusal speak of the new one.
    assert!(!w.us().set_account_status(&w.account, AccountStatus::NeedsReauth, Some("expired")).await.unwrap());
    assert_eq!(w.us().account(&w.account.id).await.unwrap(), Some(renewed));
}

#[tokio::test]
async fn what_was_asked_for_is_kept_beside_what_the_channel_says_meanwhile() {
    let w = world().await;
    let seen = &w.account;
    let asked = [Past::Contacts, Past::History];
    w.us().set_account_status(seen, AccountStatus::Active, Some("declined")).await.unwrap();
    assert!(w.us().set_asked_for(seen, &asked[..1], None).await.unwrap());
    let account = async || w.us().account(&seen.id).await.unwrap().unwrap();
    let told = |asked_for: &[Past], health: &str| domain::Account {
        asked_for: asked_for.to_vec(),
        health: Some(health.to_owned()),
        ..seen.clone()
    };
    assert_eq!(account().await, told(&asked[..1], "declined"));
    assert!(w.us().set_asked_for(seen, &asked, Some("too late")).await.unwrap());
    let renewed = domain::Account { credential: 2, ..seen.clone() };
    assert!(!w.us().set_asked_for(&renewed, &[], None).await.unwrap());
    assert_eq!(account().await, told(&asked, "too late"));
}

#[tokio::test]
async fn a_park_leaves_alone_what_another_has_in_hand_or_has_sent() {
    let w = world().await;
    let (conversation, ids) = waiting(&w, &[&["a"], &["b"]]).await;
    let (head, unclaimed) = w.us().next_send(&conversation, NOW).await.unwrap().unwrap();
    let (_, claimed) = w.claims(&conversation).await;
    let left = w.us().park_account(&w.account, &head, &unclaimed, &failure("reconnect"), NOW).await.unwrap();
    assert_eq!((w.statuses(&ids).await, left.wait, left.due), (vec![S::Queued, S::Queued], None, Some(at(45))));
    w.us().record_accepted(&head, &claimed, "out", &[], NOW).await.unwrap();
    let left = w.us().park_account(&w.account, &head, &claimed, &failure("reconnect"), NOW).await.unwrap();
    assert_eq!((w.statuses(&ids).await, left.wait, left.due), (vec![S::Sent, S::Queued], None, Some(at(45))));
    assert_eq!(left.out, [ids[1].order().to_owned()]);
}

#[tokio::test]
async fn a_wake_that_was_lost_is_found_again() {
    let w = world().await;
    let (conversation, _) = waiting(&w, &[&["a"]]).await;
    let global = w.test.tables.global();
    assert_eq!(global.due_before(at(44)).await.unwrap(), []);
    let due = (w.ours.id().clone(), conversation.clone(), at(45));
    assert_eq!(global.due_before(at(46)).await.unwrap(), std::slice::from_ref(&due));
    global.advance_watermark(at(60)).await.unwrap();
    assert_eq!(global.due_before(at(61)).await.unwrap(), [due]);
    assert_eq!(
        (w.us().wake_due(&conversation, at(61)).await.unwrap(), w.us().wake_due(&conversation, at(61)).await.unwrap()),
        (true, false)
    );
    let head = w.head(&conversation).await;
    assert_eq!((head.wakes, head.due), (1, Some(at(106))));
    w.is_accepted(&conversation, "out").await;
    assert_eq!(global.due_before(at(3_600)).await.unwrap(), []);
}

#[tokio::test]
async fn a_full_queue_of_sends_takes_no_more() {
    let w = world().await;
    let conversation = w.hears(&[text("a", 0, "a")]).await.conversation;
    let parts = vec!["x"; 34];
    for i in 0..2 {
        w.sends(&conversation, &format!("{i}"), &parts).await;
    }
    let head = w.head(&conversation).await;
    let third = w.us().submit(head, &request("3", &parts), NOW).await.unwrap();
    assert_eq!((third, w.head(&conversation).await.out.len() <= OUT_MAX), (table::Submitted::OutFull, true));
}

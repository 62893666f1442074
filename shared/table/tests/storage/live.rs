//! The sync log misses nothing, sockets and tickets live shortly.

use std::time::Duration;

use domain::Role;
use futures_util::future::join_all;
use table::{LogRead, Ref, RefKind, RowFrames, Socket, SocketsNow, Ticket};

use crate::world::*;

fn reference(n: u64) -> Ref {
    Ref { kind: RefKind::Message, id: format!("m{n}"), rev: n }
}

#[tokio::test]
async fn eight_writers_leave_no_hole() {
    let w = world().await;
    let start = w.us().log_head(NOW).await.unwrap();
    join_all((0..8).map(|writer| {
        let w = &w;
        async move {
            for i in 0..5 {
                w.us().append_log(&[reference(writer * 5 + i)], NOW).await.unwrap();
            }
        }
    }))
    .await;
    let read = w.us().read_log(start, 100).await.unwrap();
    let mut revs: Vec<u64> = read.refs.iter().map(|r| r.rev).collect();
    revs.sort_unstable();
    assert_eq!((revs, read.next, read.complete, read.reset), ((0..40).collect(), start + 40, true, false));
    assert_eq!(w.us().log_head(NOW).await.unwrap(), read.next);
    let theirs = w.test.tables.tenant(&w.theirs).read_log(0, 100).await.unwrap();
    assert_eq!(theirs.refs, []);
}

#[tokio::test]
async fn a_reader_goes_on_where_it_stopped() {
    let w = world().await;
    let start = w.us().log_head(NOW).await.unwrap();
    let refs: Vec<Ref> = (0..250).map(reference).collect();
    let last = w.us().append_log(&refs, NOW).await.unwrap();
    let first = w.us().read_log(start, 2).await.unwrap();
    assert_eq!((first.refs.len(), first.complete, first.reset), (200, false, false));
    let rest = w.us().read_log(first.next, 2).await.unwrap();
    assert_eq!((rest.refs, rest.next, rest.complete), (refs[200..].to_vec(), last, true));
}

#[tokio::test]
async fn what_was_lost_and_what_expired_is_a_reset() {
    let w = world().await;
    let start = w.us().log_head(NOW).await.unwrap();
    let first = w.us().append_log(&[reference(1)], NOW).await.unwrap();
    w.us().append_reset(NOW).await.unwrap();
    let read = w.us().read_log(start, 10).await.unwrap();
    assert_eq!((read.reset, read.next), (true, first + 1));
    assert_eq!(
        w.us().read_log(read.next, 10).await.unwrap(),
        LogRead { refs: vec![], next: first + 1, complete: true, reset: false }
    );
    // A cursor from before what is left.
    assert!(w.us().read_log(start - 1_000_000_000, 10).await.unwrap().reset);
    // After a long silence the log starts anew: a cursor of then is good, an old one is not.
    let later = at(7 * 86_400);
    let fresh = w.us().log_head(later).await.unwrap();
    assert!(fresh > read.next);
    w.us().append_log(&[reference(2)], at(7 * 86_400 + 60)).await.unwrap();
    let good = w.us().read_log(fresh, 10).await.unwrap();
    assert_eq!((good.refs, good.reset), (vec![reference(2)], false));
    assert!(w.us().read_log(read.next, 10).await.unwrap().reset);
}

#[tokio::test]
async fn a_ticket_works_once_and_in_its_time() {
    let w = world().await;
    let ticket =
        Ticket { user: user(1), name: "Ada".to_owned(), role: Role::Agent, session: "s".to_owned(), expires: at(30) };
    w.us().put_ticket("h1", &ticket).await.unwrap();
    w.us().put_ticket("h2", &ticket).await.unwrap();
    let theirs = w.test.tables.tenant(&w.theirs);
    assert_eq!(theirs.redeem_ticket("h1", NOW).await.unwrap(), None);
    let uses = join_all((0..5).map(|_| async { w.us().redeem_ticket("h1", at(29)).await.unwrap() })).await;
    assert_eq!(uses.into_iter().flatten().collect::<Vec<_>>(), [ticket]);
    assert_eq!(w.us().redeem_ticket("h2", at(30)).await.unwrap(), None);
}

/// One that shows nothing yet.
fn socket() -> Socket {
    Socket {
        connection_id: "c".to_owned(),
        user: user(1),
        name: "Ada".to_owned(),
        role: Role::Agent,
        session: "s".to_owned(),
        topics: vec![],
        n: 0,
        connected_at: NOW,
        expires: at(7_200),
    }
}

#[tokio::test]
async fn a_socket_shows_what_its_latest_subscription_named() {
    let w = world().await;
    w.us().put_socket(&socket()).await.unwrap();
    let topics = |name: &str| vec![name.to_owned()];
    assert!(w.us().set_topics("c", 2, &topics("inbox")).await.unwrap());
    assert!(!w.us().set_topics("c", 1, &topics("old")).await.unwrap());
    let shown = Socket { topics: topics("inbox"), n: 2, ..socket() };
    assert_eq!((w.us().sockets(NOW).await.unwrap(), w.us().sockets(at(7_200)).await.unwrap()), (vec![shown], vec![]));
    let global = w.test.tables.global();
    assert_eq!(global.socket_tenant("c").await.unwrap().as_ref(), Some(w.ours.id()));
    w.us().delete_socket("c").await.unwrap();
    assert_eq!((global.socket_tenant("c").await.unwrap(), w.us().socket("c").await.unwrap()), (None, None));
    assert!(!w.us().set_topics("c", 3, &topics("inbox")).await.unwrap());
}

#[tokio::test]
async fn each_change_among_the_sockets_is_told_and_frames_are_counted_by_whoever_saw_the_last_count() {
    let w = world().await;
    let us = w.us();
    assert_eq!(us.sockets_now().await.unwrap(), SocketsNow::default());
    let first = RowFrames { since: Some(NOW), sent: 30 };
    assert!(us.count_row_frames(&RowFrames::default(), NOW, 30).await.unwrap());
    let mut changes = Vec::new();
    us.put_socket(&socket()).await.unwrap();
    changes.push(us.sockets_now().await.unwrap());
    us.set_topics("c", 1, &["inbox".to_owned()]).await.unwrap();
    changes.push(us.sockets_now().await.unwrap());
    us.set_topics("c", 1, &["late".to_owned()]).await.unwrap();
    us.delete_socket("c").await.unwrap();
    changes.push(us.sockets_now().await.unwrap());
    let told = |change: &str| SocketsNow { change: Some(change.to_owned()), rows: first };
    assert_eq!(changes, [told("c:0"), told("c:1"), told("c:gone")]);

    let second = RowFrames { sent: 60, ..first };
    let counted = join_all((0..3).map(|_| async { us.count_row_frames(&first, NOW, 60).await.unwrap() })).await;
    assert_eq!(counted.into_iter().filter(|&is_ours| is_ours).count(), 1);
    assert_eq!(us.sockets_now().await.unwrap().rows, second);
}

#[tokio::test]
async fn a_signal_is_about_the_newest_message_that_the_customer_wrote() {
    let w = world().await;
    let id = w.hears(&[text("wamid.2", 1, "hello"), text("wamid.3", 2, "there")]).await.conversation;
    for n in 0..12 {
        w.sends(&id, &n.to_string(), &["an answer"]).await;
    }
    let newest =
        async |up_to| w.us().newest_received(&id, up_to).await.unwrap().map(|m| (m.seq(), m.channel_message_id));
    let is = |external: &str, seq| Some((seq, Some(external.to_owned())));
    assert_eq!(
        [newest(None).await, newest(Some(1)).await, newest(Some(0)).await],
        [is("wamid.3", 2), is("wamid.2", 1), None]
    );

    let may = async |seconds| w.us().may_show_typing(&id, at(seconds), Duration::from_secs(20)).await.unwrap();
    assert_eq!([may(0).await, may(20).await, may(21).await, may(40).await], [true, false, true, false]);
}

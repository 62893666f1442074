//! Batches of the stream, as the samples have them.

use std::time::Duration;

use bootstrap::stream::StreamEvent;
use domain::{AccountId, ChannelType, ContactId, ConversationId, Owner, Role, Status, TenantId, UserId, Window};
use frame::EventType;
use table::{RefKind, Row, Socket};

use super::*;

fn sample(name: &str) -> Vec<StreamRecord<Item>> {
    let path = format!("{}/../../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let event: StreamEvent<Item> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    event.records
}

#[test]
fn a_message_and_the_reply_to_it_are_logged_once_each_and_their_row_as_it_was_last() {
    let mut records = sample("push/message");
    records.extend(sample("push/reply"));
    let told = batch::by_tenant(&records);
    let refs: Vec<_> = told.iter().flat_map(|of| &of.refs).map(|r| (r.kind, r.id.as_str(), r.rev)).collect();
    let conversation = "c0nv3rsati0n00000000000004";
    let [first, second] = ["1k3250r000000001", "1k3252lj00000002"].map(|order| format!("{conversation}{order}"));
    assert_eq!(
        refs,
        [
            (RefKind::Message, first.as_str(), 1),
            (RefKind::Conversation, conversation, 2),
            (RefKind::Message, second.as_str(), 1),
        ]
    );
    let rows: Vec<_> = told[0].rows.iter().map(|row| (row.preview.as_str(), row.rev)).collect();
    assert_eq!(rows, [("It is. Shall I put one aside?", 2)]);
    assert_eq!((told.len(), told[0].from.as_str()), (1, "4421584500000000017450439093"));
    let kinds: Vec<_> = told[0].messages.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(kinds, [EventType::MessageCreated, EventType::MessageCreated]);
}

#[test]
fn what_nobody_sees_is_neither_logged_nor_shown() {
    let mut records = sample("relay/reply");
    records[0].change.old_image = records[0].change.new_image.clone();
    assert_eq!(batch::by_tenant(&records), []);
}

#[test]
fn sequence_numbers_are_compared_as_numbers() {
    let mut numbers = ["100", "99", "0098"];
    numbers.sort_by_key(|n| batch::order(n));
    assert_eq!(numbers, ["0098", "99", "100"]);
}

fn row(rev: u64) -> Row {
    Row {
        id: ConversationId::from_bytes([1; 16]),
        channel: ChannelType::Whatsapp,
        account: AccountId::from_bytes([2; 16]),
        contact: ContactId::from_bytes([3; 16]),
        contact_name: "Dana".to_owned(),
        avatar_url: None,
        status: Status::Open,
        owner: Owner::Nobody,
        unread: 1,
        last_at: Timestamp::from_millis(0),
        preview: "Hi".to_owned(),
        last_type: None,
        last_direction: None,
        seq: 1,
        window: Window::Always,
        version: 0,
        rev,
    }
}

const AT: fn(i64) -> Timestamp = Timestamp::from_millis;
const ACME: fn() -> TenantId = || TenantId::from_bytes([1; 10]);

/// Shows what is due to so many lists, all of it from this process.
fn show(rows: &Rows, new: Vec<Row>, block: u64, lists: usize, sent: &mut RowFrames, ms: i64) -> Vec<(Row, Cursor)> {
    rows.take_in(&ACME(), new, Cursor::of_block(block));
    let due = rows.due(&ACME(), lists, sent, AT(ms));
    if !due.is_empty() {
        if let Some((since, all)) = rows::with(sent, due.len(), lists, AT(ms)) {
            *sent = RowFrames { since: Some(since), sent: all };
        }
        rows.shown(&ACME(), &due, AT(ms));
    }
    due
}

#[test]
fn a_row_is_shown_at_most_once_a_second_and_in_the_end_as_it_is() {
    let (rows, mut sent) = (Rows::default(), RowFrames::default());
    let cursor = Cursor::of_block;
    let shown = [(1, 0), (2, 300), (3, 600)].map(|(rev, ms)| show(&rows, vec![row(rev)], rev, 2, &mut sent, ms));
    assert_eq!(shown, [vec![(row(1), cursor(1))], vec![], vec![]]);
    assert_eq!((rows.next_due(AT(600)), rows.tenants_due(AT(999))), (Some(Duration::from_millis(400)), vec![]));
    assert_eq!((rows.next_due(AT(1_000)), rows.tenants_due(AT(1_000))), (Some(Duration::ZERO), vec![ACME()]));
    assert_eq!(show(&rows, vec![], 0, 2, &mut sent, 1_000), [(row(3), cursor(3))]);
    assert_eq!(rows.next_due(AT(1_000)), None);
}

#[test]
fn a_full_office_is_shown_the_newest_rows_and_that_the_log_has_come_further() {
    let (rows, mut sent) = (Rows::default(), RowFrames::default());
    let row = |n: u8, last_at| Row { id: ConversationId::from_bytes([n; 16]), last_at: AT(last_at), ..row(1) };
    let mut due = |new: Vec<Row>, block, ms| -> Vec<_> {
        let due = show(&rows, new, block, 250, &mut sent, ms).into_iter();
        due.map(|(row, cursor)| (row.last_at.millis(), cursor.block())).collect()
    };
    assert_eq!(due(vec![row(1, 10), row(2, 20)], 1, 0), [(20, 1), (10, 1)], "250 lists, 500 frames");
    assert_eq!(due(vec![row(3, 30)], 2, 1_500), []);
    assert_eq!(due(vec![row(4, 40), row(5, 50)], 3, 3_900), []);
    let waits = [3_900, 4_000].map(|ms| rows.next_due(AT(ms)));
    assert_eq!(waits, [None, Some(Duration::ZERO)], "no invocation waits for them");
    assert_eq!(due(vec![], 0, 4_000), [(50, 3), (40, 3)], "and 30 is left to the log");
    assert_eq!(rows.next_due(AT(4_000)), None);
}

#[test]
fn however_many_look_on_a_row_is_shown_each_four_seconds() {
    let (rows, mut sent) = (Rows::default(), RowFrames::default());
    let mut due = |ms| show(&rows, vec![row(1)], 1, 5_000, &mut sent, ms).len();
    assert_eq!([0, 1_000, 3_999, 4_000].map(&mut due), [1, 0, 0, 1]);
}

#[test]
fn one_busy_row_counts_each_time_that_it_is_shown() {
    let (rows, mut sent) = (Rows::default(), RowFrames::default());
    let mut due = |ms| show(&rows, vec![row(1)], 1, 250, &mut sent, ms).len();
    assert_eq!([0, 1_000, 2_000, 3_999, 4_000].map(&mut due), [1, 1, 0, 0, 1]);
}

#[test]
fn what_goes_to_a_few_is_not_counted() {
    let sent = RowFrames { since: Some(AT(1_000)), sent: 40 };
    let counted =
        [(9, 2, 1_500), (10, 2, 1_500), (10, 2, 5_000)].map(|(lists, rows, ms)| rows::with(&sent, rows, lists, AT(ms)));
    assert_eq!(counted, [None, Some((AT(1_000), 60)), Some((AT(5_000), 20))]);
}

const NOW: i64 = 1_790_000_001_000;

/// Pushes to sockets of two tenants, and tells what they got: connection, type, `rev`, and whether its cursor is the log's.
struct Story {
    app: App,
    sockets: frame::testing::Sockets,
    ctx: TenantCtx,
}

impl Story {
    async fn begin() -> Self {
        let tables = table::testing::start().await.tables;
        let (sockets, poster) = frame::testing::start().await;
        let ctx = TenantCtx::of_record("acme0000000000g0".parse().unwrap());
        let [_, other] = table::testing::two_tenants();
        let thread = "conversation:c0nv3rsati0n00000000000004";
        for (ctx, id, role, topics) in [
            (&ctx, "list", Role::Agent, vec!["inbox"]),
            (&ctx, "thread", Role::Viewer, vec![thread]),
            (&ctx, "both", Role::Owner, vec!["inbox", thread]),
            (&ctx, "elsewhere", Role::Agent, vec!["conversation:c0nv3rsati0n00000000000005"]),
            (&ctx, "operator", Role::Operator, vec!["inbox", thread]),
            (&ctx, "gone", Role::Agent, vec!["inbox"]),
            (&other, "other-tenant", Role::Owner, vec!["inbox", thread]),
        ] {
            tables.tenant(ctx).put_socket(&socket(id, role, &topics)).await.unwrap();
        }
        Self { app: App::new(tables, poster, Clock::standing_at(NOW)), sockets, ctx }
    }

    async fn push(&self, records: Vec<StreamRecord<Item>>, milliseconds_left: i64) -> Vec<(String, String, u64, bool)> {
        let budget = Budget::new(self.app.clock.clone(), self.app.clock.now() + 500 + milliseconds_left);
        self.app.push(records, budget).await.unwrap();
        let head = self.app.tables.tenant(&self.ctx).log_head(self.app.now()).await.unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let told = self.sockets.take().into_iter();
        told.map(|(id, f)| (id, text(&f["type"]), f["rev"].as_u64().unwrap(), text(&f["cursor"]) == head.to_string()))
            .collect()
    }

    /// Pushes, and tells how many sockets of a full office heard of it.
    async fn desks_told(&self, records: Vec<StreamRecord<Item>>) -> usize {
        self.push(records, 0).await.iter().filter(|(id, ..)| id.starts_with("desk-")).count()
    }
}

fn socket(id: &str, role: Role, topics: &[&str]) -> Socket {
    Socket {
        connection_id: id.to_owned(),
        user: UserId::from_bytes([1; 16]),
        name: "Ada".to_owned(),
        role,
        session: "s".to_owned(),
        topics: topics.iter().map(|&t| t.to_owned()).collect(),
        n: 1,
        connected_at: Timestamp::from_millis(NOW - 60_000),
        expires: Timestamp::from_millis(NOW + 60_000),
    }
}

fn told(all: &[(&str, &str, u64)]) -> Vec<(String, String, u64, bool)> {
    all.iter().map(|(id, kind, rev)| ((*id).to_owned(), (*kind).to_owned(), *rev, true)).collect()
}

#[tokio::test]
async fn frames_go_to_whoever_shows_what_changed_and_may_read_it() {
    let story = Story::begin().await;
    assert_eq!(
        story.push(sample("push/message"), 0).await,
        told(&[
            ("both", "message.created", 1),
            ("both", "conversation.updated", 1),
            ("list", "conversation.updated", 1),
            ("thread", "message.created", 1),
            ("thread", "conversation.updated", 1),
        ])
    );
    let left = story.app.tables.tenant(&story.ctx).sockets(story.app.now()).await.unwrap();
    assert_eq!(left.iter().filter(|socket| socket.connection_id == "gone").count(), 0);
}

#[tokio::test]
async fn all_processes_together_fill_an_office_no_fuller_than_one() {
    let mut story = Story::begin().await;
    for n in 0..300 {
        let desk = socket(&format!("desk-{n:03}"), Role::Agent, &["inbox"]);
        story.app.tables.tenant(&story.ctx).put_socket(&desk).await.unwrap();
    }
    let [message, mut reply] = ["push/message", "push/reply"].map(sample);
    for record in &mut reply {
        record.change.approximate_creation_date_time = 1_790_000_001.0;
    }
    assert_eq!(story.desks_told(message).await, 300);
    let counted = RowFrames { since: Some(story.app.now()), sent: 303 };
    let sent = story.app.tables.tenant(&story.ctx).sockets_now().await.unwrap().rows;
    assert_eq!(sent, counted, "and three more lists");

    // Another process remembers nothing of it.
    (story.app.rows, story.app.audiences) = (Rows::default(), Audiences::default());
    story.app.clock.advance(Duration::from_secs(1));
    assert_eq!(story.desks_told(reply.clone()).await, 0);
    story.app.clock.advance(Duration::from_secs(3));
    assert_eq!(story.desks_told(reply).await, 300);
}

#[tokio::test]
async fn whoever_comes_or_goes_is_seen_by_the_next_batch() {
    let story = Story::begin().await;
    let thread = "conversation:c0nv3rsati0n00000000000004";
    let ours = story.app.tables.tenant(&story.ctx);
    story.push(sample("push/message"), 0).await;
    ours.put_socket(&socket("late", Role::Agent, &[])).await.unwrap();
    assert!(ours.set_topics("late", 2, &[thread.to_owned()]).await.unwrap());
    ours.delete_socket("both").await.unwrap();
    let shown = story.push(sample("push/reply"), 0).await;
    let threads: Vec<_> =
        shown.iter().filter(|(_, kind, ..)| kind == "message.created").map(|(id, ..)| id.as_str()).collect();
    assert_eq!(threads, ["late", "thread"]);
}

#[tokio::test]
async fn a_second_row_within_a_second_waits_and_still_arrives() {
    let story = Story::begin().await;
    story.push(sample("push/message"), 0).await;
    let mut reply = sample("push/reply");
    for record in &mut reply {
        record.change.approximate_creation_date_time = 1_790_000_001.0;
    }
    let at_once = [("both", "message.created", 1), ("thread", "message.created", 1)];
    assert_eq!(story.push(reply, 0).await, told(&at_once));
    story.app.clock.advance(Duration::from_secs(1));
    let rows = ["both", "list", "thread"].map(|id| (id, "conversation.updated", 2));
    assert_eq!(story.push(Vec::new(), 5_000).await, told(&rows));
}

#[tokio::test]
async fn a_row_that_waits_does_not_hold_up_other_tenants() {
    let story = Story::begin().await;
    story.push(sample("push/message"), 0).await;
    let [_, other] = table::testing::two_tenants();
    assert!(story.app.company.is_shared([other.id()].into_iter(), story.app.now()));
    let mut reply = sample("push/reply");
    for record in &mut reply {
        record.change.approximate_creation_date_time = 1_790_000_001.0;
    }
    let at_once = [("both", "message.created", 1), ("thread", "message.created", 1)];
    assert_eq!(story.push(reply, 5_000).await, told(&at_once), "it went back without waiting");
    story.app.clock.advance(Duration::from_secs(1));
    let rows = ["both", "list", "thread"].map(|id| (id, "conversation.updated", 2));
    assert_eq!(story.push(Vec::new(), 5_000).await, told(&rows));
}

#[test]
fn a_tenant_shares_the_stream_for_a_minute() {
    let (company, [one, other]) = (Company::default(), table::testing::two_tenants());
    let shared = [(0, &one), (5_000, &one), (6_000, &other), (64_999, &other), (65_000, &other)]
        .map(|(ms, ctx)| company.is_shared([ctx.id()].into_iter(), Timestamp::from_millis(ms)));
    assert_eq!(shared, [false, false, true, true, false]);
}

#[tokio::test]
async fn what_is_older_than_a_frames_life_is_logged_and_not_shown() {
    let story = Story::begin().await;
    story.app.clock.advance(Duration::from_secs(40));
    let before = story.app.tables.tenant(&story.ctx).log_head(story.app.now()).await.unwrap();
    assert_eq!(story.push(sample("push/message"), 0).await, []);
    let log = story.app.tables.tenant(&story.ctx).read_log(before, 10).await.unwrap();
    assert_eq!(log.refs.len(), 2);
}

//! WhatsApp's webhooks through the house: what a thread and its row come to. The payloads are the dialect's own fixtures.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::borrow::Cow;

use bootstrap::{Clock, Random};
use channel::Signer;
use domain::body::{CallState, Details};
use domain::{
    Account, AccountId, AccountStatus, Author, ChannelType, Direction, IdKey, Message, MessageType, TenantCtx,
    Timestamp,
};
use ingest::{App, Bodies, Routes, Tally};
use queue::{InboundBody, InboundRecord};
use serde_json::value::RawValue;
use table::testing::{start, two_tenants};
use table::{LedgerKind, ListFilter, Route, Row};

/// 2026-11-18T13:20:00Z, an hour or two after the fixtures' messages.
const NOW: i64 = 1_795_008_000_000;

/// Nothing here is so large.
struct NoBucket;

impl Bodies for NoBucket {
    async fn pieces(&self, _: &str) -> Result<Vec<Box<RawValue>>, Box<dyn std::error::Error + Send + Sync>> {
        Err("no bucket".into())
    }

    async fn keep_raw(&self, _: &TenantCtx, _: String) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        Err("no bucket".into())
    }
}

struct World {
    app: App<NoBucket>,
    ctx: TenantCtx,
    account: Account,
}

async fn world() -> World {
    let test = start().await;
    let [ctx, _] = two_tenants();
    let account = Account {
        id: AccountId::from_bytes([5; 16]),
        channel: ChannelType::Whatsapp,
        name: "Sales".to_owned(),
        external_id: "990000000000001".to_owned(),
        status: AccountStatus::Active,
        health: None,
        waba_id: Some("2000000000001".to_owned()),
        display_phone_number: Some("+1 555 0100".to_owned()),
        credential: 1,
        throttled_until: None,
        read_receipts: true,
        asked_for: Vec::new(),
        created_at: Timestamp::from_millis(NOW),
    };
    test.tables.tenant(&ctx).put_account(&account).await.unwrap();
    let route = Route { tenant: ctx.id().clone(), account: account.id.clone() };
    test.tables.global().put_route(ChannelType::Whatsapp, &account.external_id, &route).await.unwrap();
    let app = App {
        tables: test.tables,
        id_key: IdKey::new(&[7; 32]),
        routes: Routes::default(),
        bodies: NoBucket,
        clock: Clock::standing_at(NOW),
        random: Random::system(),
        name: "ingest".to_owned(),
    };
    World { app, ctx, account }
}

fn fixture(name: &str) -> String {
    let path = format!("{}/../../shared/channel-whatsapp/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl World {
    /// A webhook that the install's own app signed.
    async fn posted(&self, body: &str) -> Tally {
        let mut all = Tally::default();
        for routed in channel_whatsapp::split(body).unwrap() {
            let record = InboundRecord {
                v: InboundRecord::VERSION,
                channel: ChannelType::Whatsapp,
                account: routed.account.map(Cow::into_owned),
                business: routed.business,
                signer: Signer { app_id: "1001".to_owned(), tenant: None },
                received_ms: NOW,
                body: match routed.unreadable {
                    Some(raw) => InboundBody::Unreadable(raw),
                    None => InboundBody::Events(routed.events),
                },
            };
            let text = serde_json::to_string(&record).unwrap();
            let tally = self.app.ingest(&[text]).await.unwrap();
            all.stored += tally.stored;
            all.duplicates += tally.duplicates;
            all.amendments += tally.amendments;
            all.statuses += tally.statuses;
            all.names += tally.names;
            all.notices += tally.notices;
            all.ignored += tally.ignored;
            all.quarantined += tally.quarantined;
            all.unrouted += tally.unrouted;
        }
        all
    }

    async fn plays(&self, names: &[&str]) {
        for name in names {
            self.posted(&fixture(name)).await;
        }
    }

    async fn rows(&self) -> Vec<Row> {
        let every = ListFilter { statuses: Vec::new(), owner: None, channel: None };
        self.app.tables.tenant(&self.ctx).conversations(&every, None, 100).await.unwrap().items
    }

    /// The messages of the one conversation that there is, the oldest first.
    async fn thread(&self) -> Vec<Message> {
        let rows = self.rows().await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let mut all = self.app.tables.tenant(&self.ctx).messages(&rows[0].id, None, 100).await.unwrap().items;
        all.reverse();
        all
    }
}

#[tokio::test]
async fn a_number_that_changes_keeps_its_conversation() {
    let w = world().await;
    w.plays(&["text", "user_changed_number"]).await;
    let from_new = fixture("text")
        .replace("wamid.T1", "wamid.T99")
        .replace("JP.7781200345", "JP.9990001")
        .replace("819011112222", "819099998888");
    w.posted(&from_new).await;
    let seen: Vec<_> = w.thread().await.into_iter().map(|m| (m.kind, m.quiet)).collect();
    assert_eq!(seen, [(MessageType::Text, false), (MessageType::Text, false), (MessageType::System, true)]);
    assert_eq!(w.rows().await[0].unread, 2);
}

#[tokio::test]
async fn what_is_done_to_a_message_is_seen_on_it_and_makes_no_row() {
    let w = world().await;
    let react = fixture("reaction").replace("wamid.OURS1", "wamid.T1");
    assert_eq!(w.posted(&react).await, Tally { amendments: 1, ..Tally::default() });
    assert_eq!(w.rows().await, []);
    w.plays(&["text", "edit"]).await;
    let thread = w.thread().await;
    let [message] = thread.as_slice() else { panic!("{thread:?}") };
    let emoji: Vec<_> = message.reactions.iter().map(|r| r.emoji.as_deref()).collect();
    assert_eq!((message.text.as_deref(), emoji), (Some("在庫は？"), vec![Some("👍")]));
    assert!(matches!(&message.reactions[0].by, Author::Contact { name, .. } if name == "Aiko"), "{message:?}");
    let row = &w.rows().await[0];
    assert_eq!((row.unread, row.preview.as_str()), (1, "在庫は？"));
    w.plays(&["revoke", "edit"]).await;
    let message = w.thread().await.remove(0);
    assert_eq!((message.text, message.deleted_at.is_some(), w.rows().await[0].preview.as_str()), (None, true, ""));
}

#[tokio::test]
async fn a_missed_call_is_one_message_whatever_came_first() {
    for order in [["call_connect", "call_missed"], ["call_missed", "call_connect"]] {
        let w = world().await;
        w.plays(&order).await;
        let thread = w.thread().await;
        let states: Vec<_> = thread.iter().map(|m| m.body.details.clone()).collect();
        assert!(
            matches!(states.as_slice(), [Some(Details::Call(call))] if call.state == CallState::Missed),
            "{order:?}: {states:?}"
        );
        let row = &w.rows().await[0];
        assert_eq!((row.unread, row.window.is_open(Timestamp::from_millis(NOW))), (1, true));
    }
}

#[tokio::test]
async fn the_phones_own_app_and_metas_agent_write_in_the_same_thread() {
    let w = world().await;
    w.plays(&["text", "echo", "standby", "handover"]).await;
    let seen: Vec<_> = w.thread().await.into_iter().map(|m| (m.direction, m.author)).collect();
    let external = |name: &str| (Direction::Outbound, Author::External { name: name.to_owned() });
    assert_eq!(seen[1], external("WhatsApp Business app"));
    assert_eq!(seen[3], external("Meta Business Agent"));
    assert_eq!(seen[4], (Direction::Inbound, Author::System));
    let rows = w.rows().await;
    assert_eq!((rows[0].unread, rows[0].seq), (2, 5));
}

#[tokio::test]
async fn the_past_is_filled_in_and_wakes_nobody() {
    for order in [["history", "history_file"], ["history_file", "history"]] {
        let w = world().await;
        w.plays(&order).await;
        w.plays(&order).await;
        let seen: Vec<_> = w.thread().await.into_iter().map(|m| (m.kind, m.text, m.body.attachments.len())).collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(seen, [(MessageType::Text, some("thanks"), 0), (MessageType::Image, some("old"), 1)], "{order:?}");
        let row = &w.rows().await[0];
        assert_eq!(
            (row.unread, row.status, row.window.is_open(Timestamp::from_millis(NOW))),
            (0, domain::Status::Resolved, false)
        );
    }
}

#[tokio::test]
async fn an_accounts_news_reach_its_log_and_its_health() {
    let w = world().await;
    // Before anyone has told which number is of that business account.
    assert_eq!(w.posted(&fixture("account_restricted")).await, Tally { unrouted: 1, ..Tally::default() });
    w.plays(&["text", "account_restricted", "template_status", "opt_out"]).await;
    let tenant = w.app.tables.tenant(&w.ctx);
    let health = tenant.account(&w.account.id).await.unwrap().unwrap().health;
    assert_eq!(health.as_deref(), Some("WhatsApp has restricted the account"));
    let log = tenant.entries(LedgerKind::ChannelNotice, None, 10, Timestamp::from_millis(NOW)).await.unwrap().items;
    let mut reasons: Vec<_> = log.into_iter().map(|entry| entry.reason).collect();
    reasons.sort();
    let expected =
        ["account_update: ACCOUNT_RESTRICTION", "message_template_status_update: REJECTED", "user_preferences"];
    assert_eq!(reasons, expected);
}

#[tokio::test]
async fn an_owner_who_keeps_the_history_is_told_of_at_that_number_alone() {
    let w = world().await;
    let tenant = w.app.tables.tenant(&w.ctx);
    let other = Account {
        id: AccountId::from_bytes([6; 16]),
        external_id: "990000000000002".to_owned(),
        display_phone_number: Some("+1 555 0101".to_owned()),
        ..w.account.clone()
    };
    tenant.put_account(&other).await.unwrap();
    w.plays(&["history_declined"]).await;
    let health = async |account: &Account| tenant.account(&account.id).await.unwrap().unwrap().health;
    let said = "The number's owner did not share its chats so far".to_owned();
    assert_eq!([health(&w.account).await, health(&other).await], [Some(said), None]);
}

#[tokio::test]
async fn no_payload_is_lost_and_again_changes_nothing() {
    let w = world().await;
    w.plays(&["text"]).await;
    let dir = std::fs::read_dir(format!("{}/../../shared/channel-whatsapp/fixtures", env!("CARGO_MANIFEST_DIR")));
    let mut names: Vec<String> =
        dir.unwrap().map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    let mut quarantined = Vec::new();
    for name in &names {
        let first = w.posted(&fixture(name)).await;
        assert_ne!(first, Tally::default(), "{name}");
        if first.quarantined > 0 {
            quarantined.push((name.as_str(), first.quarantined));
        }
        let again = w.posted(&fixture(name)).await;
        assert_eq!((again.stored, again.duplicates), (0, first.stored + first.duplicates), "{name}");
    }
    assert_eq!(quarantined, [("odd_neighbours", 2), ("unknown_field", 1)]);
}

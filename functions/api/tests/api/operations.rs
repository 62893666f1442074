//! What went wrong: seen redacted, replayed as it was, discarded, by those who may.

use crate::world::{World, world};
use domain::ChannelType;
use serde_json::{Value, json};
use table::{Entry, LedgerKind, LogId, Unrouted};

fn record(text: &str) -> String {
    json!({"v": 1, "channel": "whatsapp", "account": "101", "signer": {"app_id": "1001"}, "received_ms": 5,
        "body": {"events": [{"text": {"body": text}}]}})
    .to_string()
}

async fn quarantine(world: &World, record: String) -> LogId {
    let (at, id) = (world.app.now(), LogId::new(world.app.now(), [5; 10]));
    let entry = Entry { id: id.clone(), at, reason: "no type".into(), source: "ingest".into(), record };
    world.app.tables.tenant(&world.a.ctx).put_entry(LedgerKind::Quarantine, &entry).await.unwrap();
    id
}

#[tokio::test]
async fn a_quarantined_event_is_seen_redacted_and_replayed_as_it_was() {
    let world = world().await;
    let id = quarantine(&world, record("my secret")).await;
    let token = world.token("admin@acme.test").await;
    let trouble = json!({"id": id, "at": "2026-11-21T05:00:00.000Z", "reason": "no type", "source": "ingest",
        "summary": "whatsapp: 1 event"});
    let list = world.get(&token, "/v1/operations/quarantine").await.json;
    assert_eq!(list, json!({"items": [trouble], "next_cursor": null}));
    let path = format!("/v1/operations/quarantine/{}", id.as_str());
    let whole = world.get(&token, &path).await.json;
    assert_eq!(whole["record"]["body"], json!({"events": [{"text": {"body": "(9 characters)"}}]}));

    let replayed = world.post(&token, &format!("{path}/replay"), json!({})).await;
    assert_eq!((replayed.status.as_u16(), &replayed.json), (202, &json!({"id": id})));
    assert_eq!(world.outside.sent(), [("inbound.fifo".to_owned(), record("my secret"))]);
    assert_eq!(world.get(&token, &path).await.code(), (404, "not_found"));
}

#[tokio::test]
async fn what_is_no_record_can_only_be_discarded() {
    let world = world().await;
    let id = quarantine(&world, "garbage".to_owned()).await;
    let token = world.token("owner@acme.test").await;
    let path = format!("/v1/operations/quarantine/{}", id.as_str());
    assert_eq!(world.post(&token, &format!("{path}/replay"), Value::Null).await.code(), (409, "not_replayable"));
    assert_eq!(world.post(&token, &format!("{path}/discard"), json!({})).await.status.as_u16(), 202);
    assert_eq!(world.post(&token, &format!("{path}/discard"), json!({})).await.code(), (404, "not_found"));
}

#[tokio::test]
async fn unrouted_events_are_the_installs_and_of_the_tenant_whose_app_signed_them() {
    let world = world().await;
    for (n, signer) in [(1, None), (2, Some(world.a.ctx.id().clone()))] {
        let at = world.app.now();
        let event = Unrouted {
            id: LogId::new(at, [n; 10]),
            at,
            channel: ChannelType::Whatsapp,
            external: format!("90{n}"),
            signer,
            record: record("hi"),
        };
        world.app.tables.global().put_unrouted(&event).await.unwrap();
    }
    let mut counts = Vec::new();
    for email in ["op@install.test", "owner@acme.test", "owner@bolt.test"] {
        let list = world.get(&world.token(email).await, "/v1/operations/unrouted").await.json;
        counts.push(list["items"].as_array().map(Vec::len));
    }
    assert_eq!(counts, [Some(2), Some(1), Some(0)]);

    let operator = world.token("op@install.test").await;
    let items = world.get(&operator, "/v1/operations/unrouted").await.json["items"].clone();
    let path = format!("/v1/operations/unrouted/{}", items[0]["id"].as_str().unwrap());
    assert_eq!(world.get(&world.token("owner@bolt.test").await, &path).await.code(), (404, "not_found"));
    assert_eq!(world.post(&operator, &format!("{path}/replay"), json!({})).await.status.as_u16(), 202);
    assert_eq!(world.outside.sent().len(), 1);
    let left = world.get(&operator, "/v1/operations/unrouted").await.json["items"].clone();
    assert_eq!(left.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_send_of_which_nobody_knows_is_listed_until_somebody_decides() {
    let world = world().await;
    let (agent, admin) = (world.token("agent@acme.test").await, world.token("admin@acme.test").await);
    let parts = json!({"parts": [{"type": "text", "text": "my secret"}, {"type": "text", "text": "and more"}]});
    world.send(&agent, &world.a.conversation, "k", parts).await;
    let tenant = world.app.tables.tenant(&world.a.ctx);
    let (head, message) = tenant.next_send(&world.a.conversation, world.app.now()).await.unwrap().unwrap();
    tenant.record_unknown(&head, &message, world.app.now()).await.unwrap();

    let unknown = world.get(&admin, "/v1/operations/unknown-sends").await.json;
    let parked = world.get(&admin, "/v1/operations/parked-sends").await.json;
    let summary = |list: &Value| list["items"][0]["summary"].as_str().unwrap_or_default().to_owned();
    let of = |seq: u64| format!("message {seq} of conversation {}", world.a.conversation);
    assert_eq!([summary(&unknown), summary(&parked)], [of(2), of(3)]);

    let path = format!("/v1/operations/unknown-sends/{}", unknown["items"][0]["id"].as_str().unwrap());
    let whole = world.get(&admin, &path).await.json;
    assert_eq!((&whole["record"]["delivery_status"], &whole["record"]["attempt"]), (&json!("unknown"), &json!(1)));
    assert!(!whole.to_string().contains("secret"));
    let waits = format!("/v1/operations/parked-sends/{}/replay", parked["items"][0]["id"].as_str().unwrap());
    assert_eq!(world.post(&admin, &waits, json!({})).await.code(), (409, "not_replayable"));

    assert_eq!(world.post(&admin, &format!("{path}/replay"), json!({})).await.status.as_u16(), 202);
    for list in ["unknown-sends", "parked-sends"] {
        let left = world.get(&admin, &format!("/v1/operations/{list}")).await.json;
        assert_eq!(left, json!({"items": [], "next_cursor": null}), "{list}");
    }
    let thread = world.get(&agent, &format!("/v1/conversations/{}/messages?limit=2", world.a.conversation)).await.json;
    let states: Vec<_> = thread["items"].as_array().unwrap().iter().map(|m| m["delivery_status"].clone()).collect();
    assert_eq!(states, ["queued", "queued"]);
}

#[tokio::test]
async fn an_operator_deals_with_what_belongs_to_no_tenant_and_sees_no_tenants() {
    let world = world().await;
    quarantine(&world, record("a tenant's")).await;
    let at = world.app.now();
    let id = LogId::new(at, [6; 10]);
    let entry = Entry { id: id.clone(), at, reason: "no account".into(), source: "ingest".into(), record: record("?") };
    world.app.tables.install().put_entry(LedgerKind::Quarantine, &entry).await.unwrap();
    let operator = world.token("op@install.test").await;
    let items = world.get(&operator, "/v1/operations/quarantine").await.json["items"].clone();
    let ids: Vec<_> = items.as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids, [json!(id)]);
    let path = format!("/v1/operations/quarantine/{}/discard", id.as_str());
    world.advance(1);
    assert_eq!(world.post(&operator, &path, json!({})).await.status.as_u16(), 202);
    let written = world.app.tables.install().audits(None, 10, at).await.unwrap().items;
    let actions: Vec<_> = written.iter().map(|audit| audit.action.as_str()).collect();
    assert_eq!(actions, ["quarantine.discard", "session.create"]);
}

#[tokio::test]
async fn an_operator_replays_or_drops_what_the_queue_refused_and_a_tenant_sees_none_of_it() {
    let world = world().await;
    let at = world.app.now();
    let outgoing = |n: u8| queue::Outgoing {
        group: "g".to_owned(),
        deduplication: Some(format!("d{n}")),
        body: record("my secret"),
        delay_seconds: 0,
    };
    for n in [1, 2] {
        let note =
            queue::SpillNote { object: format!("spill/2026-11-21/{n}"), bytes: 9, records: Some(vec![outgoing(n)]) };
        let entry = Entry {
            id: LogId::new(at, [n; 10]),
            at,
            reason: "the queue refuses it still".into(),
            source: "webhook".into(),
            record: serde_json::to_string(&note).unwrap(),
        };
        world.app.tables.install().put_entry(LedgerKind::Spill, &entry).await.unwrap();
    }
    let (operator, admin) = (world.token("op@install.test").await, world.token("admin@acme.test").await);
    assert_eq!(world.get(&admin, "/v1/operations/spill").await.json["items"], json!([]));
    let items = world.get(&operator, "/v1/operations/spill").await.json["items"].clone();
    let shown = |n: usize| (items[n]["summary"].clone(), items[n]["reason"].clone());
    assert_eq!(shown(0), (json!("1 records of 9 bytes together"), json!("the queue refuses it still")));
    let path = |n: usize| format!("/v1/operations/spill/{}", items[n]["id"].as_str().unwrap());
    assert_eq!(world.get(&admin, &path(0)).await.code(), (404, "not_found"));
    let whole = world.get(&operator, &path(0)).await.json;
    assert_eq!(whole["record"]["object"], json!("spill/2026-11-21/2"));
    assert!(!whole.to_string().contains("secret"));

    assert_eq!(world.post(&operator, &format!("{}/replay", path(0)), json!({})).await.status.as_u16(), 202);
    assert_eq!(world.outside.sent(), [("inbound.fifo".to_owned(), record("my secret"))]);
    assert_eq!(world.post(&operator, &format!("{}/discard", path(1)), json!({})).await.status.as_u16(), 202);
    assert_eq!(world.get(&operator, "/v1/operations/spill").await.json["items"], json!([]));
    let install = world.app.tables.install();
    let dropped = install.entries(LedgerKind::SpillDropped, None, 10, at).await.unwrap().items;
    let objects: Vec<_> = dropped.into_iter().map(|entry| entry.record).collect();
    assert_eq!(objects, ["spill/2026-11-21/2", "spill/2026-11-21/1"]);
    let written = install.audits(None, 10, at).await.unwrap().items;
    let mut actions: Vec<_> = written.iter().map(|audit| audit.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["session.create", "spill.discard", "spill.replay"]);
}

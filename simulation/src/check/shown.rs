//! What agents are shown: rows, the sync log, sockets, and nothing of another tenant.

use std::collections::BTreeMap;

use domain::{Direction, Timestamp};
use table::{RefKind, Tables};

use super::{Stored, Violation};
use crate::record::Record;
use crate::stage::House;
use crate::world::World;

/// I-9: what the row shows is what its messages come to.
pub(super) fn derived(stored: &Stored<'_>, found: &mut Vec<Violation>) {
    for (head, messages) in &stored.threads {
        let unread =
            messages.iter().filter(|m| m.direction == Direction::Inbound && !m.quiet && m.seq() > head.read_seq);
        let unread = unread.count() as u64;
        if head.unread != unread {
            found.push(Violation::of("I-9", format!("{} shows {} unread of {unread}", head.id, head.unread)));
        }
        let newest = messages.iter().max_by_key(|m| (m.sent_at, m.seq()));
        let shown = newest.map(|m| (m.sent_at, m.preview()));
        if shown != Some((head.last_at, head.preview.clone())) {
            found.push(Violation::of(
                "I-9",
                format!("{} shows {:?}, not {shown:?}", head.id, (head.last_at, &head.preview)),
            ));
        }
    }
}

/// I-8: whoever follows the log knows every resource as it stands.
pub(super) async fn converged(
    tables: &Tables,
    stored: &Stored<'_>,
    cursor: u64,
    given_up: &[String],
    found: &mut Vec<Violation>,
) {
    let tenant = tables.tenant(&stored.house.ctx);
    let (mut known, mut at): (BTreeMap<String, u64>, u64) = (BTreeMap::new(), cursor);
    loop {
        let read = tenant.read_log(at, 100).await.expect("the auditor meets no fault");
        if read.reset {
            // A client loads afresh, and has all: but not for nothing.
            let id = stored.house.ctx.id().as_str();
            if !given_up.iter().any(|note| note.contains(id)) {
                found.push(Violation::of("I-8", format!("the log of {} was reset for nothing", stored.house.mark)));
            }
            return;
        }
        for told in read.refs.iter().filter(|told| told.kind != RefKind::Account) {
            let rev = known.entry(told.id.clone()).or_default();
            *rev = (*rev).max(told.rev);
        }
        at = read.next;
        if read.complete {
            break;
        }
    }
    let messages = stored.threads.iter().flat_map(|(_, m)| m).map(|m| (m.id.to_string(), m.rev));
    let is: BTreeMap<String, u64> =
        stored.threads.iter().map(|(h, _)| (h.id.to_string(), h.rev)).chain(messages).collect();
    for (id, rev) in &is {
        if known.get(id) != Some(rev) {
            found.push(Violation::of("I-8", format!("{id} is at {rev}, and its log tells of {:?}", known.get(id))));
        }
    }
    for id in known.keys().filter(|id| !is.contains_key(*id)) {
        found.push(Violation::of(
            "I-7",
            format!("the log of {} tells of {id}, which is not its own", stored.house.mark),
        ));
    }
}

/// I-8: a socket that is open is known.
pub(super) async fn sockets(
    tables: &Tables,
    house: &House,
    n: usize,
    record: &Record,
    world: &World,
    found: &mut Vec<Violation>,
) {
    let now = Timestamp::from_millis(world.now());
    let known = tables.tenant(&house.ctx).sockets(now).await.expect("the auditor meets no fault");
    for (_, connection) in record.sockets.iter().filter(|(house, _)| *house == n) {
        if !known.iter().any(|socket| socket.connection_id == *connection) {
            found.push(Violation::of("I-8", format!("{connection} is open and forgotten")));
        }
    }
}

/// I-7: nothing of one tenant lies under another's keys, and nobody asked for it.
pub(super) fn isolated(world: &World, houses: &[House], found: &mut Vec<Violation>) {
    let clouds = world.clouds();
    found.extend(clouds.dynamodb.foreign.iter().map(|what| Violation::of("I-7", what.clone())));
    let items = ["truth", "live"].into_iter().flat_map(|table| clouds.dynamodb.items(table));
    for item in items {
        let pk = item["pk"]["S"].as_str().unwrap_or_default().to_owned();
        let Some(owner) = houses.iter().position(|house| pk.starts_with(&format!("{}#", house.ctx.id()))) else {
            continue;
        };
        let text = serde_json::to_string(item).expect("an item is JSON");
        for other in houses.iter().enumerate().filter(|(n, _)| *n != owner).map(|(_, house)| house) {
            if text.contains(&other.mark) || text.contains(other.ctx.id().as_str()) {
                found.push(Violation::of("I-7", format!("{pk} holds what is of {}", other.mark)));
            }
        }
    }
}

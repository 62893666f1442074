//! The invariants, held against what is stored once all has come to rest. Their numbers are those of the project's reliability goals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::delivery::DeliveryStatus;
use domain::{Direction, Head, Message, Timestamp};
use table::{LedgerKind, ListFilter, RefKind, Tables};

use crate::record::Record;
use crate::stage::House;
use crate::world::World;

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub invariant: &'static str,
    pub what: String,
}

impl Violation {
    pub fn of(invariant: &'static str, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

/// What is stored of one tenant.
struct Stored<'a> {
    house: &'a House,
    /// Each conversation's head and messages, by `seq`.
    threads: Vec<(Head, Vec<Message>)>,
    /// What could not be dealt with, and what was put aside.
    entries: Vec<(LedgerKind, String)>,
}

/// Whether no send is on its way.
pub fn nothing_waits(world: &World) -> bool {
    let clouds = world.clouds();
    let mut heads = clouds.dynamodb.items("truth").filter(|item| item["sk"]["S"] == "H");
    heads.all(|head| !head.contains_key("out"))
}

/// Whether nothing is left to `sweep`.
pub fn nothing_is_due(world: &World) -> bool {
    world.clouds().dynamodb.items("truth").all(|item| !item.contains_key("d_pk"))
}

pub async fn all(world: &World, tables: &Tables, houses: &[House], record: &Record) -> Vec<Violation> {
    let mut found = Vec::new();
    for body in world.clouds().queues.bodies() {
        found.push(Violation::of(
            "I-5",
            format!("a record was left on {}, received {} times: {}", body.0, body.2, body.1),
        ));
    }
    let given_up = world.clouds().bucket.given_up.clone();
    let spilled = String::from_utf8_lossy(&world.clouds().bucket.spilled.concat()).into_owned();
    for (n, house) in houses.iter().enumerate() {
        let stored = stored(world, tables, house).await;
        conserved(&stored, n, record, &mut found);
        in_order(&stored, n, record, &spilled, &mut found);
        sends(world, &stored, n, record, &mut found);
        derived(&stored, &mut found);
        converged(tables, &stored, record.cursors[&n], &given_up, &mut found).await;
        sockets(tables, house, n, record, world, &mut found).await;
    }
    isolated(world, houses, &mut found);
    found
}

async fn stored<'a>(world: &World, tables: &Tables, house: &'a House) -> Stored<'a> {
    let tenant = tables.tenant(&house.ctx);
    let every = ListFilter { statuses: Vec::new(), owner: None, channel: None };
    let rows = tenant.conversations(&every, None, 100).await.expect("the auditor meets no fault").items;
    let mut threads = Vec::new();
    for row in rows {
        let head = tenant.head(&row.id).await.expect("the auditor meets no fault").expect("a row has a head");
        let (mut messages, mut before) = (Vec::new(), None);
        loop {
            let page = tenant.messages(&row.id, before.as_deref(), 100).await.expect("the auditor meets no fault");
            messages.extend(page.items);
            match page.next {
                Some(next) => before = Some(next),
                None => break,
            }
        }
        messages.sort_by_key(Message::seq);
        threads.push((head, messages));
    }
    let mut entries = Vec::new();
    let now = Timestamp::from_millis(world.now());
    for kind in [LedgerKind::Quarantine, LedgerKind::DeadLetter] {
        let page = tenant.entries(kind, None, 100, now).await.expect("the auditor meets no fault");
        entries.extend(page.items.into_iter().map(|entry| (kind, entry.record)));
    }
    Stored { house, threads, entries }
}

/// I-1: what was taken is stored, or was put aside where an operator finds it. I-2: once.
fn conserved(stored: &Stored<'_>, house: usize, record: &Record, found: &mut Vec<Violation>) {
    let mut places: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for (head, messages) in &stored.threads {
        for message in messages.iter().filter(|m| m.direction == Direction::Inbound) {
            let id = message.channel_message_id.as_deref().unwrap_or_default();
            *places.entry((head.account.to_string(), id)).or_default() += 1;
        }
    }
    for ((_, id), count) in places.iter().filter(|(_, count)| **count > 1) {
        found.push(Violation::of("I-2", format!("{id} is there {count} times")));
    }
    for written in record.written.iter().filter(|w| w.customer.house == house) {
        let account = stored.house.accounts[written.customer.account].id.to_string();
        let is_there = places.contains_key(&(account, written.external_id.as_str()));
        let aside = stored.entries.iter().any(|(_, entry)| entry.contains(&written.text));
        if !is_there && !aside {
            found.push(Violation::of("I-1", format!("{} was taken and is nowhere", written.external_id)));
        }
        let texts =
            stored.threads.iter().flat_map(|(_, messages)| messages).filter(|m| m.text.as_ref() == Some(&written.text));
        if is_there && texts.count() != 1 {
            found.push(Violation::of("I-2", format!("{:?} is not there once", written.text)));
        }
    }
    for (_, word) in record.poison.iter().filter(|(n, _)| *n == house) {
        let aside = stored.entries.iter().any(|(_, entry)| entry.contains(word));
        let shown = stored.threads.iter().flat_map(|(_, m)| m).any(|m| m.channel_message_id.as_ref() == Some(word));
        if !aside && !shown {
            found.push(Violation::of("I-1", format!("{word:?} was taken and is nowhere")));
        }
    }
}

/// I-6: `seq` has no gap, and a customer's messages stand in the order in which they were taken.
fn in_order(stored: &Stored<'_>, house: usize, record: &Record, spilled: &str, found: &mut Vec<Violation>) {
    let mut seqs: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for (head, messages) in &stored.threads {
        let has: Vec<u64> = messages.iter().map(Message::seq).collect();
        let wanted: Vec<u64> = (1..=head.seq).collect();
        if has != wanted {
            found.push(Violation::of("I-6", format!("{} has seq {} and messages {has:?}", head.id, head.seq)));
        }
        let ids = messages.iter().filter_map(|m| Some((m.channel_message_id.as_deref()?, m.seq())));
        seqs.extend(ids.map(|(id, seq)| ((head.account.to_string(), id), seq)));
    }
    let mut newest: BTreeMap<(usize, &str), (u64, &str)> = BTreeMap::new();
    for written in record.written.iter().filter(|w| w.customer.house == house) {
        // What went by the bucket, or was given up, is out of order by nature.
        let account = stored.house.accounts[written.customer.account].id.to_string();
        let Some(seq) = seqs.get(&(account, written.external_id.as_str())) else { continue };
        if spilled.contains(&written.text) {
            continue;
        }
        let thread = (written.customer.account, written.customer.phone.as_str());
        if let Some((before, earlier)) = newest.insert(thread, (*seq, &written.external_id)).filter(|(b, _)| b >= seq) {
            let what =
                format!("{} has seq {seq}, and {earlier}, which was taken before, {before}", written.external_id);
            found.push(Violation::of("I-6", what));
        }
    }
}

/// I-3, I-4, I-5, I-6: what became of agents' replies, held against Graph's ledger.
fn sends(world: &World, stored: &Stored<'_>, house: usize, record: &Record, found: &mut Vec<Violation>) {
    let clouds = world.clouds();
    let graph = &clouds.graph;
    let mut outbound: BTreeMap<String, &Message> = BTreeMap::new();
    for (head, messages) in &stored.threads {
        for message in messages.iter().filter(|m| m.direction == Direction::Outbound) {
            outbound.insert(message.id.to_string(), message);
        }
        if !head.out.is_empty() {
            found.push(Violation::of(
                "I-5",
                format!("{} still waits to send {:?}, due {:?}", head.id, head.out, head.due),
            ));
        }
        let of_thread = |reference: &str| reference.starts_with(head.id.as_str());
        let seqs: Vec<u64> = graph
            .ledger
            .iter()
            .filter(|taken| of_thread(&taken.reference))
            .filter_map(|taken| outbound.get(taken.reference.split('.').next().unwrap_or_default()).map(|m| m.seq()))
            .collect();
        if !seqs.is_sorted() {
            found.push(Violation::of("I-6", format!("{} sent in the order {seqs:?}", head.id)));
        }
    }
    for (id, message) in &outbound {
        let taken: Vec<_> = graph.ledger.iter().filter(|t| t.reference.split('.').next() == Some(id)).collect();
        if taken.len() > 1 {
            found.push(Violation::of("I-4", format!("{:?} was sent {} times", message.text, taken.len())));
        }
        let told: BTreeSet<&str> = taken
            .iter()
            .flat_map(|t| graph.told.iter().filter(|(of, _)| *of == t.id).map(|(_, status)| status.as_str()))
            .collect();
        let status = message.delivery.as_ref().map(domain::Delivery::status);
        if !may_be(status, !taken.is_empty(), &told) {
            let what =
                format!("{id} {:?} is {status:?}; Graph took it {} times and told {told:?}", message.text, taken.len());
            found.push(Violation::of(if status == Some(DeliveryStatus::Queued) { "I-5" } else { "I-3" }, what));
        }
    }
    for reply in record.replies.iter().filter(|r| r.house == house) {
        let texts: Vec<&str> = outbound.values().filter_map(|m| m.text.as_deref()).collect();
        for part in &reply.parts {
            let count = texts.iter().filter(|text| *text == part).count();
            let expected = usize::from(reply.status == 202);
            if count != expected && reply.status != 0 && reply.status < 500 {
                let what =
                    format!("{part:?} of {}, answered {}, is there {count} times", reply.conversation, reply.status);
                found.push(Violation::of(if count < expected { "I-1" } else { "I-2" }, what));
            }
        }
    }
}

/// Whether a send that Graph took, or not, and of which it told this, may stand so.
fn may_be(status: Option<DeliveryStatus>, taken: bool, told: &BTreeSet<&str>) -> bool {
    use DeliveryStatus::{Delivered, Failed, Parked, Queued, Read, Sent, Unknown};
    let Some(status) = status else { return false };
    let highest = if told.contains("read") {
        Some(Read)
    } else if told.contains("delivered") {
        Some(Delivered)
    } else if told.contains("failed") {
        Some(Failed)
    } else if told.contains("sent") {
        Some(Sent)
    } else {
        None
    };
    match (highest, status) {
        (Some(highest), status) => status == highest,
        (None, Sent | Unknown) if taken => true,
        (None, Unknown | Failed | Parked) => !taken,
        (None, Queued | Sent | Delivered | Read) => false,
    }
}

/// I-9: what the row shows is what its messages come to.
fn derived(stored: &Stored<'_>, found: &mut Vec<Violation>) {
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
async fn converged(tables: &Tables, stored: &Stored<'_>, cursor: u64, given_up: &[String], found: &mut Vec<Violation>) {
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
async fn sockets(tables: &Tables, house: &House, n: usize, record: &Record, world: &World, found: &mut Vec<Violation>) {
    let now = Timestamp::from_millis(world.now());
    let known = tables.tenant(&house.ctx).sockets(now).await.expect("the auditor meets no fault");
    for (_, connection) in record.sockets.iter().filter(|(house, _)| *house == n) {
        if !known.iter().any(|socket| socket.connection_id == *connection) {
            found.push(Violation::of("I-8", format!("{connection} is open and forgotten")));
        }
    }
}

/// I-7: nothing of one tenant lies under another's keys, and nobody asked for it.
fn isolated(world: &World, houses: &[House], found: &mut Vec<Violation>) {
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

//! The invariants, held against what is stored once all has come to rest. Their numbers are those of the project's reliability goals.

mod sent;
mod shown;
mod taken;

use std::fmt;

use domain::{Head, Message, Timestamp};
use table::{LedgerKind, ListFilter, Tables};

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
        taken::conserved(&stored, n, record, &mut found);
        taken::in_order(&stored, n, record, &spilled, &mut found);
        sent::sends(world, &stored, n, record, &mut found);
        sent::connected(tables, house, n, record, &mut found).await;
        shown::derived(&stored, &mut found);
        shown::converged(tables, &stored, record.cursors[&n], &given_up, &mut found).await;
        shown::sockets(tables, house, n, record, world, &mut found).await;
    }
    shown::isolated(world, houses, &mut found);
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

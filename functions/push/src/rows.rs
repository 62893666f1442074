//! Rows of the list: of one conversation at most one a second, of a tenant only as many as make few frames; in the end the newest,
//! or a frame that sends its reader to the log.

use std::{cmp::Reverse, collections::BTreeMap, sync::Mutex, time::Duration};

use domain::{ConversationId, TenantId, Timestamp};
use frame::Cursor;
use table::Row;

/// How far apart two frames of one row are, at least.
const APART: Duration = Duration::from_secs(1);

/// A client that is told of something new asks the log, the web app after this long.
const SPAN: Duration = Duration::from_secs(5);

/// Frames of rows to one tenant's sockets within [`SPAN`], from this process; one of each row goes to each socket. A busy tenant
/// with a full office would otherwise hold up everyone whose news comes by the same stream, and spend the
/// [10,000 calls a second](https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html) that all share.
const FRAMES: usize = 500;

/// A batch of at least this many records says that more are waiting.
pub(crate) const BUSY: usize = 50;

/// What each tenant was shown lately, and what waits to be.
#[derive(Default)]
pub(crate) struct Rows(Mutex<BTreeMap<TenantId, OfTenant>>);

struct OfTenant {
    /// Within [`SPAN`].
    shown: Vec<(ConversationId, Timestamp)>,
    waiting: BTreeMap<ConversationId, (Row, Cursor)>,
    /// So many may be shown within [`SPAN`].
    room: usize,
}

/// A row, with the place of the log that tells of it.
pub(crate) type Due = Vec<(Row, Cursor)>;

impl Rows {
    /// Takes in what changed, each row in the place of whatever waited before, and gives what to show now to so many sockets.
    pub(crate) fn due(&self, tenant: &TenantId, rows: Vec<Row>, cursor: Cursor, sockets: usize, now: Timestamp) -> Due {
        let Ok(mut all) = self.0.lock() else { return rows.into_iter().map(|row| (row, cursor)).collect() };
        let new = || OfTenant { shown: Vec::new(), waiting: BTreeMap::new(), room: 0 };
        let of = all.entry(tenant.clone()).or_insert_with(new);
        of.waiting.extend(rows.into_iter().map(|row| (row.id.clone(), (row, cursor))));
        of.room = (FRAMES / sockets.max(1)).max(1);
        let due = of.take(now);
        all.retain(|_, of| !of.is_idle(now));
        due
    }

    /// How long until the next one that waits is due, and worth waiting for.
    pub(crate) fn next_due(&self, now: Timestamp) -> Option<Duration> {
        let all = self.0.lock().ok()?;
        all.values().filter_map(|of| of.next_due(now)).min()
    }

    /// Whose rows are due.
    pub(crate) fn tenants_due(&self, now: Timestamp) -> Vec<TenantId> {
        let Ok(all) = self.0.lock() else { return Vec::new() };
        let due = all.iter().filter(|(_, of)| of.next_due(now).is_some_and(|wait| wait.is_zero()));
        due.map(|(tenant, _)| tenant.clone()).collect()
    }
}

impl OfTenant {
    /// The newest for which there is room. The other rows that could be shown are left to the log: a frame that goes out now says
    /// that it has come further than they are.
    fn take(&mut self, now: Timestamp) -> Due {
        self.shown.retain(|(_, at)| now.since(*at) < SPAN);
        let free = self.room.saturating_sub(self.shown.len());
        if free == 0 {
            return Vec::new();
        }
        let Self { shown, waiting, .. } = self;
        let mut due: Due = waiting.extract_if(.., |id, _| rest(shown, id, now).is_zero()).map(|(_, row)| row).collect();
        due.sort_by_key(|(row, cursor)| Reverse((*cursor, row.last_at)));
        due.truncate(free);
        shown.extend(due.iter().map(|(row, _)| (row.id.clone(), now)));
        due
    }

    /// Of a tenant that has no room left, none: its next changes make some, or its readers ask the log.
    fn next_due(&self, now: Timestamp) -> Option<Duration> {
        let lately = self.shown.iter().filter(|(_, at)| now.since(*at) < SPAN).count();
        let waits = self.waiting.keys().map(|id| rest(&self.shown, id, now));
        waits.min().filter(|_| lately < self.room)
    }

    fn is_idle(&self, now: Timestamp) -> bool {
        self.waiting.is_empty() && self.shown.iter().all(|(_, at)| now.since(*at) >= SPAN)
    }
}

/// How long this row may not be shown again.
fn rest(shown: &[(ConversationId, Timestamp)], id: &ConversationId, now: Timestamp) -> Duration {
    let last = shown.iter().rfind(|(known, _)| known == id);
    last.map_or(Duration::ZERO, |(_, at)| APART.saturating_sub(now.since(*at)))
}

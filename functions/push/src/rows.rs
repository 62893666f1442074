//! Rows of the list: of one conversation at most one a second, of a tenant only as many as make few frames; in the end the newest,
//! or a frame that sends its reader to the log.

use std::{cmp::Reverse, collections::BTreeMap, sync::Mutex, time::Duration};

use domain::{ConversationId, TenantId, Timestamp};
use frame::Cursor;
use table::{Row, RowFrames};

/// How far apart two frames of one row are, at least.
const APART: Duration = Duration::from_secs(1);

/// A second less than the five after which the web app asks the log what else is new (`SYNC_AFTER_FRAMES`,
/// `web/src/realtime/live.ts`): what is not shown within it has come to the log by then, and what comes later finds room again.
const SPAN: Duration = Duration::from_secs(4);

/// Frames of rows to one tenant's sockets within [`SPAN`]; one of each row goes to each list. A busy tenant with a full office would
/// otherwise hold up everyone whose news comes by the same stream, and spend the
/// [10,000 calls a second](https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html) that all share.
const FRAMES: u64 = 500;

/// To fewer lists than this frames are not worth counting: to write down their number costs as much as some of them.
const FEW: usize = 10;

/// A batch of at least this many records says that more are waiting.
pub(crate) const BUSY: usize = 50;

/// What this process showed each tenant lately, and what waits to be shown.
#[derive(Default)]
pub(crate) struct Rows(Mutex<BTreeMap<TenantId, OfTenant>>);

#[derive(Default)]
struct OfTenant {
    /// Within [`APART`].
    shown: BTreeMap<ConversationId, Timestamp>,
    waiting: BTreeMap<ConversationId, (Row, Cursor)>,
    /// There is no room for any row before.
    full_until: Option<Timestamp>,
}

/// A row, with the place of the log that tells of it.
pub(crate) type Due = Vec<(Row, Cursor)>;

impl Rows {
    /// Takes in what changed, each row in the place of whatever waited before.
    pub(crate) fn take_in(&self, tenant: &TenantId, rows: Vec<Row>, cursor: Cursor) {
        if let Ok(mut all) = self.0.lock() {
            let waiting = rows.into_iter().map(|row| (row.id.clone(), (row, cursor)));
            all.entry(tenant.clone()).or_default().waiting.extend(waiting);
        }
    }

    /// What to show now in so many lists, where so many frames were sent already: the newest for which there is room.
    pub(crate) fn due(&self, tenant: &TenantId, lists: usize, sent: &RowFrames, now: Timestamp) -> Due {
        let Ok(mut all) = self.0.lock() else { return Vec::new() };
        let Some(of) = all.get_mut(tenant) else { return Vec::new() };
        let room = room(lists, sent, now);
        of.full_until = sent.since.filter(|_| room == 0).map(|since| since.plus(SPAN));
        let rested = of.waiting.iter().filter(|(id, _)| of.rest(id, now).is_zero());
        let mut due: Due = rested.map(|(_, row)| row.clone()).collect();
        due.sort_by_key(|(row, cursor)| Reverse((*cursor, row.last_at)));
        due.truncate(room);
        due
    }

    /// Notes that these are being shown. The other rows that could have been are left to the log: a frame that goes out now says
    /// that it has come further than they are.
    pub(crate) fn shown(&self, tenant: &TenantId, due: &Due, now: Timestamp) {
        let Ok(mut all) = self.0.lock() else { return };
        if let Some(of) = all.get_mut(tenant) {
            of.shown.retain(|_, at| now.since(*at) < APART);
            let OfTenant { shown, waiting, .. } = of;
            waiting.retain(|id, _| shown.contains_key(id));
            shown.extend(due.iter().map(|(row, _)| (row.id.clone(), now)));
        }
        all.retain(|_, of| !of.is_idle(now));
    }

    /// Nobody listens any more.
    pub(crate) fn forget(&self, tenant: &TenantId) {
        if let Ok(mut all) = self.0.lock() {
            all.remove(tenant);
        }
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
    /// How long this row may not be shown again.
    fn rest(&self, id: &ConversationId, now: Timestamp) -> Duration {
        self.shown.get(id).map_or(Duration::ZERO, |at| APART.saturating_sub(now.since(*at)))
    }

    /// Of a tenant that has no room left, none: its next changes find some, or its readers ask the log.
    fn next_due(&self, now: Timestamp) -> Option<Duration> {
        let waits = self.waiting.keys().map(|id| self.rest(id, now));
        waits.min().filter(|_| self.full_until.is_none_or(|until| until <= now))
    }

    fn is_idle(&self, now: Timestamp) -> bool {
        self.waiting.is_empty() && self.shown.values().all(|at| now.since(*at) >= APART)
    }
}

/// So many rows may be shown; one at least, where none was.
fn room(lists: usize, sent: &RowFrames, now: Timestamp) -> usize {
    if lists < FEW {
        return usize::MAX;
    }
    let sent = sent_lately(sent, now);
    let rows = FRAMES.saturating_sub(sent) / (lists as u64);
    usize::try_from(rows).unwrap_or(usize::MAX).max(usize::from(sent == 0))
}

/// How many have been sent, and since when, with so many rows more in so many lists; `None` where that is not worth writing down.
pub(crate) fn with(sent: &RowFrames, rows: usize, lists: usize, now: Timestamp) -> Option<(Timestamp, u64)> {
    let lately = sent_lately(sent, now);
    let since = sent.since.filter(|_| lately > 0).unwrap_or(now);
    (lists >= FEW).then(|| (since, lately + (rows * lists) as u64))
}

fn sent_lately(sent: &RowFrames, now: Timestamp) -> u64 {
    sent.since.filter(|since| now.since(*since) < SPAN).map_or(0, |_| sent.sent)
}

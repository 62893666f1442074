//! Rows of the list: of one conversation at most one a second, and always the newest in the end.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use domain::{ConversationId, TenantId, Timestamp};
use frame::Cursor;
use table::Row;

/// How far apart two frames of one row are, at least.
const APART: Duration = Duration::from_secs(1);

/// A batch of at least this many records says that more are waiting.
pub(crate) const BUSY: usize = 50;

/// What was shown last, and what waits to be.
#[derive(Default)]
pub(crate) struct Rows(Mutex<BTreeMap<(TenantId, ConversationId), Shown>>);

struct Shown {
    at: Timestamp,
    waiting: Option<(Row, Cursor)>,
}

/// The rows that are due now, by tenant.
pub(crate) type Due = BTreeMap<TenantId, Vec<(Row, Cursor)>>;

impl Rows {
    /// Of these rows those to show now; the others wait, in the place of whatever waited before.
    pub(crate) fn due_now(&self, tenant: &TenantId, rows: Vec<Row>, cursor: Cursor, now: Timestamp) -> Vec<Row> {
        let Ok(mut all) = self.0.lock() else { return rows };
        all.retain(|_, shown| shown.waiting.is_some() || now.since(shown.at) < APART);
        let mut due = Vec::new();
        for row in rows {
            let key = (tenant.clone(), row.id.clone());
            match all.get_mut(&key).filter(|shown| now.since(shown.at) < APART) {
                Some(shown) => shown.waiting = Some((row, cursor)),
                None => {
                    all.insert(key, Shown { at: now, waiting: None });
                    due.push(row);
                }
            }
        }
        due
    }

    /// How long until the next one that waits is due; `None` when none waits.
    pub(crate) fn next_due(&self, now: Timestamp) -> Option<Duration> {
        let all = self.0.lock().ok()?;
        let waiting = all.values().filter(|shown| shown.waiting.is_some());
        waiting.map(|shown| APART.saturating_sub(now.since(shown.at))).min()
    }

    pub(crate) fn take_due(&self, now: Timestamp) -> Due {
        let mut due = Due::new();
        let Ok(mut all) = self.0.lock() else { return due };
        for ((tenant, _), shown) in all.iter_mut().filter(|(_, shown)| now.since(shown.at) >= APART) {
            if let Some(waiting) = shown.waiting.take() {
                shown.at = now;
                due.entry(tenant.clone()).or_default().push(waiting);
            }
        }
        due
    }
}

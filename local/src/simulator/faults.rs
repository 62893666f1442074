//! What goes wrong on purpose, so that a test can see what Switchboard makes of it.

use serde::{Deserialize, Serialize};

/// Faults of the sends and webhooks to come. Numbers but `delay_ms` run down by one each time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// How long each send waits for its answer.
    pub delay_ms: u64,
    /// Refused: too fast.
    pub status_429: u32,
    /// Refused: out of order.
    pub status_500: u32,
    /// Refused: cannot be delivered to that person.
    pub refuse: u32,
    /// Accepted, but the answer is cut off; statuses come.
    pub accept_and_drop: u32,
    /// Accepted and answered, and never heard of again.
    pub silent: u32,
    /// Webhooks that come twice.
    pub duplicate: u32,
    /// Sends whose `delivered` comes before `sent`.
    pub reorder: u32,
    /// Files of which Graph says that there is none.
    pub media_gone: u32,
    /// Links to files that have ended when they are given.
    pub media_expired: u32,
    /// Files that break off in the middle.
    pub media_truncated: u32,
    /// Files that come with other bytes than announced.
    pub media_wrong: u32,
    /// Uploads of a business that are refused: out of order.
    pub upload_500: u32,
    /// Every access token is refused.
    pub revoked: bool,
}

/// Whether a fault is due; then there is one less.
pub(super) fn take(counter: &mut u32) -> bool {
    let due = *counter > 0;
    *counter = counter.saturating_sub(1);
    due
}

//! When a change of a head is something that the customer is shown: the team has read all that they wrote.

use bootstrap::stream::StreamRecord;
use domain::{Head, Timestamp};
use queue::{Outgoing, Signal, SignalKind};
use serde_dynamo::Item;
use table::stream::{Changed, change};

/// One signal for each conversation that came to be read, of its last such change in a batch.
pub(crate) fn signals(records: &[StreamRecord<Item>], now: Timestamp) -> Vec<Outgoing> {
    let mut signals: Vec<Signal> = Vec::new();
    for signal in records.iter().filter_map(|record| signal(record, now)) {
        signals.retain(|earlier| earlier.conversation != signal.conversation);
        signals.push(signal);
    }
    signals.iter().filter_map(|signal| signal.outgoing().ok()).collect()
}

fn signal(record: &StreamRecord<Item>, now: Timestamp) -> Option<Signal> {
    // What cannot be read is logged by whoever looks for wakes.
    let new = change(None, record.change.new_image.as_ref()).ok()??;
    let old = change(None, record.change.old_image.as_ref()).ok()??;
    let (Changed::Head { head: after, .. }, Changed::Head { head: before, .. }) = (new.what, old.what) else {
        return None;
    };
    was_read(&before, &after).then(|| Signal::new(new.tenant, after.id, SignalKind::Read(after.read_seq), now))
}

/// Only when nothing is left unread: a customer who is shown that half was read learns nothing. What has been read once is not
/// unread again, so this is once for each time that they write.
fn was_read(before: &Head, after: &Head) -> bool {
    before.unread > 0 && after.unread == 0 && after.read_seq > before.read_seq && after.group.is_none()
}

//! Lambda `relay`: reads the truth table's stream and wakes whoever has work. The stream is the outbox: what is written to a
//! head will be woken for, a message's files will be fetched, what the team has read is shown to the customer, and nothing else.

mod media;
mod rule;
mod signal;

use std::collections::HashMap;

use bootstrap::{
    Clock, Retry,
    stream::{NotDone, StreamRecord},
};
use domain::{Head, TenantId, Timestamp};
use queue::{Outgoing, Producer, Wake};
use serde_dynamo::Item;
use table::stream::{Changed, change};

pub struct App {
    pub outbound: Producer,
    pub media: Producer,
    pub clock: Clock,
}

impl App {
    /// Sends one wake for each conversation, and one job for each message, that a batch of changes gives work.
    pub async fn relay(&self, records: Vec<StreamRecord<Item>>) -> Result<(), NotDone> {
        let now = Timestamp::from_millis(self.clock.now());
        let (woken, fetched) = (wakes(&records, now), media::jobs(&records));
        let refused = [
            hand_over(&self.outbound, woken, "the queue refused a wake").await,
            hand_over(&self.media, fetched, "the queue refused a file to be fetched").await,
        ];
        self.show(signal::signals(&records, now)).await;
        // A stream goes on from one place: the earlier. What comes again changes nothing.
        let order = |at: &str| records.iter().position(|record| record.change.sequence_number == at);
        refused.into_iter().flatten().min_by_key(|not_done| order(&not_done.from)).map_or(Ok(()), Err)
    }
}

impl App {
    /// A hint: what the queue refuses is not worth reading the stream again.
    async fn show(&self, signals: Vec<Outgoing>) {
        let refused = if signals.is_empty() { Vec::new() } else { self.outbound.send(&signals).await };
        if !refused.is_empty() {
            tracing::info!(count = refused.len(), "the queue refused that something was read");
        }
    }
}

/// Records for a queue, and beside each the sequence number from which the stream goes on should it be refused.
type Asked = (Vec<Outgoing>, Vec<String>);

/// What the queue did not take: they are sent in the stream's order, so the first refused one decides.
async fn hand_over(queue: &Producer, (records, from): Asked, why: &str) -> Option<NotDone> {
    if records.is_empty() {
        return None;
    }
    let first = queue.send(&records).await.into_iter().min()?;
    Some(NotDone { from: from[first].clone(), why: Retry::because(why) })
}

/// The wakes of a batch, and beside each the sequence number of the first record that asks for it. The last record of a
/// conversation says when, the first says from where to go on should the wake be refused. A wake for later is one of its own.
fn wakes(records: &[StreamRecord<Item>], now: Timestamp) -> Asked {
    let (mut wakes, mut from, mut places) = (Vec::new(), Vec::new(), HashMap::new());
    for record in records {
        let Some((tenant, head, before)) = changed(record) else { continue };
        let reasons = [
            ("wakes", rule::wake(before.as_deref(), &head, now)),
            ("wakes later", rule::scheduled(before.as_deref(), &head, now)),
        ];
        for (why, delay) in reasons.into_iter().filter_map(|(why, delay)| Some((why, delay?))) {
            let wake = Wake::new(tenant.clone(), head.id.clone());
            let Ok(outgoing) = wake.outgoing(delay) else { continue };
            tracing::info!(tenant_id = %wake.tenant, conversation_id = %wake.conversation, delay_ms = delay.as_millis() as u64, "{why}");
            let place = *places.entry((why, wake.conversation)).or_insert(wakes.len());
            match wakes.get_mut(place) {
                Some(earlier) => *earlier = outgoing,
                None => {
                    wakes.push(outgoing);
                    from.push(record.change.sequence_number.clone());
                }
            }
        }
    }
    (wakes, from)
}

/// A head as it is now, and as it was.
fn changed(record: &StreamRecord<Item>) -> Option<(TenantId, Box<Head>, Option<Box<Head>>)> {
    let parsed = change(None, record.change.new_image.as_ref());
    // An item that cannot be read stops nobody else's; `sweep` comes by whatever it holds.
    let change = parsed.inspect_err(|error| unreadable(record, error)).ok()??;
    let Changed::Head { head, .. } = change.what else { return None };
    let old = table::stream::change(None, record.change.old_image.as_ref()).ok().flatten();
    let before = match old.map(|c| c.what) {
        Some(Changed::Head { head, .. }) => Some(head),
        Some(Changed::Message { .. } | Changed::Account(_)) | None => None,
    };
    Some((change.tenant, head, before))
}

fn unreadable(record: &StreamRecord<Item>, error: &table::Error) {
    tracing::error!(event_id = record.change.sequence_number, why = %error, "a change cannot be read");
}

#[cfg(test)]
mod tests;

//! A batch of the stream, sorted by tenant: what to log, and what to show.

use std::collections::HashMap;

use bootstrap::stream::StreamRecord;
use domain::{Message, MessageId, TenantId, Timestamp};
use frame::EventType;
use serde_dynamo::Item;
use table::{
    Ref, RefKind, Row,
    stream::{Change, Changed, change},
};

/// What changed for one tenant, each resource once, as it was last.
#[derive(Debug, PartialEq)]
pub(crate) struct OfTenant {
    pub(crate) tenant: TenantId,
    /// The sequence number of the first change.
    pub(crate) from: String,
    /// When the last one happened.
    pub(crate) newest: Timestamp,
    pub(crate) refs: Vec<Ref>,
    pub(crate) rows: Vec<Row>,
    pub(crate) messages: Vec<(Message, EventType)>,
}

/// Tenants in the order of their first change.
pub(crate) fn by_tenant(records: &[StreamRecord<Item>]) -> Vec<OfTenant> {
    let mut tenants: Vec<OfTenant> = Vec::new();
    let mut places = HashMap::new();
    for record in records {
        let at = &record.change.sequence_number;
        let parsed = change(record.change.old_image.as_ref(), record.change.new_image.as_ref());
        // One item that cannot be read must not stop everyone else's news; its tenant's other items go on too.
        let parsed =
            parsed.inspect_err(|error| tracing::error!(event_id = at, why = %error, "a change cannot be read"));
        let Some(Change { tenant, what }) = parsed.ok().flatten() else { continue };
        let place = *places.entry(tenant.clone()).or_insert_with(|| {
            tenants.push(OfTenant::starting(tenant, at.clone()));
            tenants.len() - 1
        });
        let seconds = record.change.approximate_creation_date_time;
        tenants[place].add(what, Timestamp::from_millis((seconds * 1_000.0) as i64));
    }
    tenants.retain(|of| !of.refs.is_empty());
    tenants
}

/// Sequence numbers are decimal numbers of up to 40 digits: the shorter is the smaller.
pub(crate) fn order(sequence_number: &str) -> (usize, &str) {
    let digits = sequence_number.trim_start_matches('0');
    (digits.len(), digits)
}

impl OfTenant {
    fn starting(tenant: TenantId, from: String) -> Self {
        let newest = Timestamp::from_millis(0);
        Self { tenant, from, newest, refs: Vec::new(), rows: Vec::new(), messages: Vec::new() }
    }

    fn add(&mut self, what: Changed, at: Timestamp) {
        match what {
            // A head's `out` and `wait` change without its `rev`: nobody sees them.
            Changed::Head { head, rev_before, .. } if rev_before != Some(head.rev) => {
                self.log(RefKind::Conversation, head.id.to_string(), head.rev);
                let row = Row::from(&*head);
                match self.rows.iter_mut().find(|known| known.id == row.id) {
                    Some(known) => *known = row,
                    None => self.rows.push(row),
                }
            }
            Changed::Message { message, rev_before, .. } if rev_before != Some(message.rev) => {
                self.log(RefKind::Message, message.id.to_string(), message.rev);
                self.show(*message, rev_before.is_none());
            }
            Changed::Account(id) => self.log(RefKind::Account, id.to_string(), 0),
            Changed::Head { .. } | Changed::Message { .. } => return,
        }
        self.newest = self.newest.max(at);
    }

    fn show(&mut self, message: Message, is_new: bool) {
        let same = |id: &MessageId| *id == message.id;
        match self.messages.iter_mut().find(|(known, _)| same(&known.id)) {
            Some((known, _)) => *known = message,
            None => {
                let kind = if is_new { EventType::MessageCreated } else { EventType::MessageUpdated };
                self.messages.push((message, kind));
            }
        }
    }

    fn log(&mut self, kind: RefKind, id: String, rev: u64) {
        match self.refs.iter_mut().find(|known| known.kind == kind && known.id == id) {
            Some(known) => known.rev = rev,
            None => self.refs.push(Ref { kind, id, rev }),
        }
    }
}

//! Sends that wait for a person's decision, noted where an operator finds them. The note comes before the state: whoever lists
//! the notes passes over those whose message has moved on.

use domain::{Message, Timestamp};

use crate::{Entry, LedgerKind, LogId, Result, Tenant};

impl Tenant<'_> {
    /// Notes that this attempt is unknown or parked. `reason` is one sentence without content.
    pub(crate) async fn note_stuck(
        &self,
        kind: LedgerKind,
        message: &Message,
        reason: &str,
        at: Timestamp,
    ) -> Result<()> {
        let record = message.id.to_string();
        let attempt = message.delivery.as_ref().map_or(0, |d| d.attempt).to_string();
        let name = self.tables.id_key()?.name(&self.id, &[kind.as_str(), &record, &attempt]);
        let mut tail = [0; 10];
        tail.copy_from_slice(&name.as_bytes()[..10]);
        let id = LogId::new(at, tail);
        self.put_entry(kind, &Entry { id, at, reason: reason.to_owned(), source: "deliver".to_owned(), record }).await
    }
}

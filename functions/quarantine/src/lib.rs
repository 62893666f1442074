//! Lambda `quarantine`: empties the dead-letter queues into the table, where an operator sees items and can replay them.

mod owner;

use bootstrap::{
    Clock, Retry, SqsRecord,
    metrics::{self, Unit},
};
use domain::{TenantCtx, Timestamp};
use queue::MediaJob;
use sha2::{Digest, Sha256};
use table::{Entry, LedgerKind, LogId, Tables};

pub struct App {
    pub tables: Tables,
    pub clock: Clock,
    /// The function's name, the dimension of its figures.
    pub name: String,
}

impl App {
    /// Keeps one dead record as its tenant's, or as the install's where nothing tells a tenant. Taking it twice keeps it once.
    pub async fn take(&self, record: SqsRecord) -> Result<(), Retry> {
        let tenant = owner::of(&self.tables, &record.body).await?;
        let entry = entry(&record, Timestamp::from_millis(self.clock.now()));
        match &tenant {
            Some(id) => {
                let ctx = TenantCtx::of_record(id.clone());
                let tenant = self.tables.tenant(&ctx);
                tenant.put_entry(LedgerKind::DeadLetter, &entry).await?;
                // Whoever looks at the message sees that its file will not come by itself.
                if let Ok(job) = serde_json::from_str::<MediaJob>(&record.body) {
                    tenant.give_up_files(&job.message).await?;
                }
            }
            None => self.tables.install().put_entry(LedgerKind::DeadLetter, &entry).await?,
        }
        let tenant_id = tenant.map(|id| id.to_string()).unwrap_or_default();
        tracing::error!(tenant_id, source = entry.source, event_id = entry.id.as_str(), "a dead letter");
        metrics::emit(self.clock.now(), &[("function", &self.name)], &[("DeadLetters", Unit::Count, 1.0)]);
        Ok(())
    }
}

/// Its id is made of the record's own, so that the same record is the same entry.
fn entry(record: &SqsRecord, now: Timestamp) -> Entry {
    let at = record.sent_at().map_or(now, Timestamp::from_millis);
    let digest = Sha256::digest(record.message_id.as_bytes());
    let mut tail = [0; 10];
    tail.copy_from_slice(&digest[..10]);
    Entry {
        id: LogId::new(at, tail),
        at,
        reason: "It failed each time it was tried; the log tells why, by its queue_message_id.".to_owned(),
        source: source(record.queue()).to_owned(),
        record: record.body.clone(),
    }
}

/// The queue that it died on, as a replay names it.
fn source(dead_letter_queue: &str) -> &'static str {
    ["outbound", "media"].into_iter().find(|name| dead_letter_queue.contains(name)).unwrap_or("inbound")
}

#[cfg(test)]
mod tests;

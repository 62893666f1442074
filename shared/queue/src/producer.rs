//! Sends records to a queue, in batches.

use std::time::Duration;

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::SendMessageBatchRequestEntry as Entry};
use serde::{Deserialize, Serialize};

/// SQS takes at most this many records in a call.
const BATCH: usize = 10;

/// And at most 1 MiB of bodies in a call; this leaves room for their attributes.
/// [Limit](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
const BATCH_BYTES: usize = 1_000_000;

/// SQS delays a record by at most this much.
pub const DELAY_MAX: Duration = Duration::from_mins(15);

/// A record on its way. What the queue refused is kept in the bucket as a JSON array of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// FIFO: what keeps its order. Standard: whose it is, for fairness.
    pub group: String,
    /// FIFO alone: the same again within five minutes is not sent twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduplication: Option<String>,
    pub body: String,
    /// Standard alone.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_seconds: u16,
}

/// One queue, to send to.
#[derive(Clone)]
pub struct Producer {
    client: Client,
    url: String,
}

impl Producer {
    pub fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    /// Sends the records in their order, one call after the other, so that a group's records never race. Tells which of them the
    /// queue did not take, by their place.
    pub async fn send(&self, records: &[Outgoing]) -> Vec<usize> {
        let mut refused = Vec::new();
        let mut entries: Vec<Entry> = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        for (place, record) in records.iter().enumerate() {
            if entries.len() == BATCH || (bytes + record.body.len() > BATCH_BYTES && !entries.is_empty()) {
                refused.extend(self.call(std::mem::take(&mut entries)).await);
                bytes = 0;
            }
            bytes += record.body.len();
            match entry(place, record) {
                Some(entry) => entries.push(entry),
                None => refused.push(place),
            }
        }
        if !entries.is_empty() {
            refused.extend(self.call(entries).await);
        }
        refused
    }

    async fn call(&self, entries: Vec<Entry>) -> Vec<usize> {
        let places: Vec<usize> = entries.iter().filter_map(|entry| entry.id.parse().ok()).collect();
        match self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries)).send().await {
            Ok(answer) => answer.failed.iter().filter_map(|failed| failed.id.parse().ok()).collect(),
            Err(error) => {
                tracing::warn!(why = %DisplayErrorContext(&error), "the queue took none of a batch");
                places
            }
        }
    }
}

/// The entry's id is its record's place.
fn entry(place: usize, record: &Outgoing) -> Option<Entry> {
    Entry::builder()
        .id(place.to_string())
        .message_group_id(&record.group)
        .set_message_deduplication_id(record.deduplication.clone())
        .set_delay_seconds((record.delay_seconds > 0).then(|| i32::from(record.delay_seconds)))
        .message_body(&record.body)
        .build()
        .ok()
}

fn is_zero(n: &u16) -> bool {
    *n == 0
}

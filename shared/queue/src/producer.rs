//! Sends records to a queue, in batches.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::sqs::{Entry, SendMessageBatch, Sqs};

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
    sqs: Sqs,
    url: String,
}

impl Producer {
    pub fn new(sqs: Sqs, url: String) -> Self {
        Self { sqs, url }
    }

    /// Sends the records in their order, one call after the other, so that a group's records never race. Tells which of them the
    /// queue did not take, by their place.
    pub async fn send(&self, records: &[Outgoing]) -> Vec<usize> {
        let mut refused = Vec::new();
        let mut first = 0;
        while first < records.len() {
            let end = first + batch(&records[first..]);
            refused.extend(self.call(first, &records[first..end]).await);
            first = end;
        }
        refused
    }

    /// One call. An entry's id is its record's place, of which `first` is the first.
    async fn call(&self, first: usize, records: &[Outgoing]) -> Vec<usize> {
        let mut places: Vec<usize> = (first..first + records.len()).collect();
        let entries = places.iter().zip(records).map(|(place, record)| entry(*place, record)).collect();
        match self.sqs.send(&SendMessageBatch { queue_url: &self.url, entries }).await {
            Ok(sent) => places.retain(|place| !sent.successful.iter().any(|taken| taken.id.parse() == Ok(*place))),
            Err(error) => tracing::warn!(why = %error, "the queue took none of a batch"),
        }
        places
    }
}

/// How many records from the first on go into one call: at least one.
fn batch(records: &[Outgoing]) -> usize {
    let mut bytes = 0;
    let fits = |record: &&Outgoing| {
        bytes += record.body.len();
        bytes <= BATCH_BYTES
    };
    records.iter().take(BATCH).take_while(fits).count().max(1)
}

fn entry(place: usize, record: &Outgoing) -> Entry<'_> {
    Entry {
        id: place.to_string(),
        message_body: &record.body,
        delay_seconds: (record.delay_seconds > 0).then_some(record.delay_seconds),
        message_group_id: &record.group,
        message_deduplication_id: record.deduplication.as_deref(),
    }
}

fn is_zero(n: &u16) -> bool {
    *n == 0
}

//! When a failed record comes back: soon at first, then later, instead of after the whole visibility timeout.

use std::time::Duration;

use aws_sdk_sqs::{Client, types::ChangeMessageVisibilityBatchRequestEntry as Entry};

use super::{Retry, wire::Receipt};
use crate::{Clock, Random};

/// Waits by how often a record was received: the first, the second, the third time, and each time after.
const WAITS: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(15)];

/// SQS takes at most this many entries in a batch call.
const BATCH: usize = 10;

/// The queue that a function serves.
pub struct Queue {
    pub clock: Clock,
    /// A record is started only while at least this much time is left.
    pub least: Duration,
    /// Sets when a failed record comes back; without it that is the queue's visibility timeout.
    pub visibility: Option<Visibility>,
    /// For the jitter of that.
    pub random: Random,
}

pub struct Visibility {
    pub sqs: Client,
    pub url: String,
    /// Divides the waits (`SWITCHBOARD_TIME_SCALE`).
    pub scale: f64,
}

impl Queue {
    pub fn new(clock: Clock, least: Duration) -> Self {
        Self { clock, least, visibility: None, random: Random::system() }
    }

    #[must_use]
    pub fn with_backoff(self, sqs: Client, url: String, scale: f64) -> Self {
        Self { visibility: Some(Visibility { sqs, url, scale }), ..self }
    }

    /// All of a group come back together, so that none waits for a later one to become visible. Best effort: what cannot be
    /// set comes back after the visibility timeout.
    pub(super) async fn give_back(&self, receipts: &[Receipt], retry: &Retry) {
        let (Some(visibility), Some(first)) = (&self.visibility, receipts.first()) else { return };
        let seconds = visibility.seconds(retry, first.receives, &self.random);
        for receipts in receipts.chunks(BATCH) {
            let entries = receipts.iter().enumerate().filter_map(|(n, receipt)| entry(n, receipt, seconds)).collect();
            let call = visibility.sqs.change_message_visibility_batch().queue_url(&visibility.url);
            if call.set_entries(Some(entries)).send().await.is_err() {
                tracing::warn!(queue_message_id = first.message_id, "its backoff could not be set");
            }
        }
    }
}

impl Visibility {
    /// The wait with jitter of a quarter either way, in the whole seconds that SQS takes.
    fn seconds(&self, retry: &Retry, receives: u32, random: &Random) -> i32 {
        let place = (receives.max(1) as usize - 1).min(WAITS.len() - 1);
        let jittered = WAITS[place].mul_f64(0.75 + random.fraction() / 2.0);
        let wait = retry.wait().unwrap_or(jittered).div_f64(self.scale);
        wait.as_secs_f64().round().min(900.0) as i32
    }
}

fn entry(n: usize, receipt: &Receipt, seconds: i32) -> Option<Entry> {
    Entry::builder().id(n.to_string()).receipt_handle(&receipt.receipt_handle).visibility_timeout(seconds).build().ok()
}

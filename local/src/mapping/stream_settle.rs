//! What becomes of a stream's records in the end: done, or given up and kept in S3.

use super::stream::Store;
use super::stream_event::{Change, failure_key, failure_note};
use super::stream_place::Place;
use crate::clock;
use crate::template::StreamMapping;

/// What a function would not take.
#[derive(Debug)]
pub(super) struct GaveUp {
    pub(super) changes: Vec<Change>,
    /// `RetryAttemptsExhausted` or `RecordAgeExceeded`: Lambda's own words.
    pub(super) condition: &'static str,
    pub(super) invocations: u32,
}

/// Settles the records of one shard.
pub(super) struct Settler<'a> {
    pub(super) place: &'a Place,
    pub(super) mapping: &'a StreamMapping,
    pub(super) function_arn: &'a str,
    pub(super) store: &'a Store,
    pub(super) shard: usize,
}

impl Settler<'_> {
    pub(super) fn done(&self, changes: &[Change]) {
        self.place.settled(changes.iter().map(|change| (change.place, change.created_ms)));
    }

    /// Keeps the records in the mapping's bucket before it lets them go.
    pub(super) async fn give_up(&self, gave_up: GaveUp) {
        let (function, records) = (&self.mapping.function, gave_up.changes.len());
        tracing::error!(function, records, condition = gave_up.condition, "a stream gave records up");
        if let Some(bucket) = self.mapping.failure_bucket.clone() {
            let now_ms = clock::now_ms();
            let note = failure_note(&gave_up, self.function_arn, &self.mapping.stream_arn, self.shard, now_ms);
            let key = failure_key(function, self.shard, now_ms);
            if let Err(fault) = (self.store)(bucket, key, note.to_string().into()).await {
                tracing::error!(function, fault, "records that were given up could not be kept");
            }
        }
        self.done(&gave_up.changes);
    }
}

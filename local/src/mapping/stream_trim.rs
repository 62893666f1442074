//! Cuts streams off behind their readers, so that the data folder does not grow for ever.

use std::collections::BTreeMap;
use std::time::Duration;

use super::stream::Progress;
use crate::aws::dynamodb::DynamoDb;
use crate::clock;

/// How often a stream is trimmed; the first time is when the host starts.
const EACH: Duration = Duration::from_secs(60 * 60);

/// Trims each table's stream up to where the slowest of its readers has come, for as long as the host runs.
pub async fn trim_forever(dynamodb: DynamoDb, readers: BTreeMap<String, Vec<Progress>>) {
    let mut tick = tokio::time::interval(EACH);
    loop {
        tick.tick().await;
        for (table, readers) in &readers {
            // A stream that nobody reads is kept for its day, and no longer.
            let passed = readers.iter().map(Progress::settled_up_to).min().unwrap_or(i64::MAX);
            let records = dynamodb.trim_stream(table, passed, clock::now_ms()).await;
            tracing::debug!(table, records, "a stream was trimmed");
        }
    }
}

//! DynamoDB stream records as Lambda hands them over, and the note of what was given up.
//! [Example](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html).

use dynoxide::actions::get_records::Record;
use serde_json::{Value, json};

use super::stream_settle::GaveUp;
use crate::clock;
use crate::template::REGION;

/// Where a stream's sequence numbers begin as the emulator shows them: 21 digits, like DynamoDB's.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;

/// A record on its way: as the event has it, with what the mapping decides by.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) json: Value,
    /// Its place in the stream, as the emulator stores it.
    pub(super) place: i64,
    /// As the function knows it.
    pub(super) sequence: String,
    pub(super) created_ms: u64,
}

impl Change {
    pub(super) fn of(record: &Record, stream_arn: &str) -> Option<Self> {
        let mut json = serde_json::to_value(record).ok()?;
        json["awsRegion"] = json!(REGION);
        json["eventSourceARN"] = json!(stream_arn);
        let sequence = record.dynamodb.sequence_number.clone();
        let place = sequence.parse::<u128>().ok()?.checked_sub(SEQUENCE_OFFSET)?;
        let created_ms = (record.dynamodb.approximate_creation_date_time * 1_000.0) as u64;
        Some(Self { json, place: i64::try_from(place).ok()?, sequence, created_ms })
    }
}

pub(super) fn event(changes: &[Change]) -> Value {
    json!({ "Records": changes.iter().map(|change| &change.json).collect::<Vec<_>>() })
}

/// The object that Lambda writes to S3 for a batch that it gave up: the position and, unlike a queue's, the records.
/// [Format](https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html).
pub(super) fn failure_note(gave_up: &GaveUp, function_arn: &str, stream_arn: &str, shard: usize, now_ms: u64) -> Value {
    let (first, last) = (gave_up.changes.first(), gave_up.changes.last());
    let sequence = |change: Option<&Change>| change.map(|change| change.sequence.clone());
    let arrival = |change: Option<&Change>| change.map(|change| clock::rfc3339(change.created_ms));
    json!({
        "requestContext": {
            "requestId": crate::lambda::request_id(),
            "functionArn": function_arn,
            "condition": gave_up.condition,
            "approximateInvokeCount": gave_up.invocations,
        },
        "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
        "version": "1.0",
        "timestamp": clock::rfc3339(now_ms),
        "DDBStreamBatchInfo": {
            "shardId": shard_id(shard),
            "startSequenceNumber": sequence(first),
            "endSequenceNumber": sequence(last),
            "approximateArrivalOfFirstRecord": arrival(first),
            "approximateArrivalOfLastRecord": arrival(last),
            "batchSize": gave_up.changes.len(),
            "streamArn": stream_arn,
        },
        "payload": event(&gave_up.changes).to_string(),
    })
}

/// `aws/lambda/<mapping>/<shard>/<yyyy/mm/dd>/<time>-<id>`, as Lambda names it.
pub(super) fn failure_key(function: &str, shard: usize, now_ms: u64) -> String {
    let time = clock::rfc3339(now_ms);
    let (date, second) = (time[..10].replace('-', "/"), time[..19].replace(':', "."));
    format!("aws/lambda/{function}/{}/{date}/{second}-{}", shard_id(shard), crate::lambda::request_id())
}

fn shard_id(shard: usize) -> String {
    format!("shardId-{shard:020}-local")
}

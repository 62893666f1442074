//! SQS records as Lambda hands them over.
//! [Example](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).

use serde_json::{Map, Value, json};

use crate::aws::sqs::Delivery;
use crate::template::REGION;

/// The whole event of a batch.
pub(super) fn event(deliveries: &[Delivery], queue_arn: &str) -> Value {
    json!({ "Records": deliveries.iter().map(|delivery| record(delivery, queue_arn)).collect::<Vec<_>>() })
}

fn record(delivery: &Delivery, queue_arn: &str) -> Value {
    let message = &delivery.message;
    let mut attributes = json!({
        "ApproximateReceiveCount": message.receives.to_string(),
        "SentTimestamp": message.sent_at.to_string(),
        "SenderId": "AROALOCAL:switchboard",
        "ApproximateFirstReceiveTimestamp": message.first_received_at.unwrap_or(message.sent_at).to_string(),
    });
    if queue_arn.ends_with(".fifo") {
        attributes["SequenceNumber"] = json!(format!("{:020}", message.seq));
    }
    for (name, value) in [
        ("MessageGroupId", &message.group),
        ("MessageDeduplicationId", &message.deduplication),
        ("DeadLetterQueueSourceArn", &message.source),
    ] {
        if let Some(value) = value {
            attributes[name] = json!(value);
        }
    }
    json!({
        "messageId": message.id,
        "receiptHandle": delivery.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": message.attributes.iter().map(|(name, value)| (name.clone(), attribute(value)))
            .collect::<Map<_, _>>(),
        "md5OfBody": crate::aws::sqs::md5_of_body(&message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    })
}

/// The wire says `StringValue`, the event says `stringValue`.
fn attribute(value: &Value) -> Value {
    let mut attribute = json!({ "stringListValues": [], "binaryListValues": [], "dataType": value["DataType"] });
    for (wire, event) in [("StringValue", "stringValue"), ("BinaryValue", "binaryValue")] {
        if let Some(value) = value.get(wire) {
            attribute[event] = value.clone();
        }
    }
    attribute
}

//! The event and the answer of a queue's mapping, as Lambda writes them: of the event only what is used.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize)]
pub struct SqsEvent {
    #[serde(rename = "Records")]
    pub records: Vec<SqsRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsRecord {
    pub message_id: String,
    #[serde(default)]
    pub receipt_handle: String,
    pub body: String,
    #[serde(default)]
    pub attributes: Attributes,
    #[serde(rename = "eventSourceARN", default)]
    pub event_source_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Attributes {
    /// How often it was received, this time included: a decimal number.
    pub approximate_receive_count: String,
    pub message_group_id: Option<String>,
    /// When it was sent: milliseconds since 1970.
    pub sent_timestamp: String,
}

/// What it takes to give a record back.
#[derive(Clone, Debug)]
pub(super) struct Receipt {
    pub(super) message_id: String,
    pub(super) receipt_handle: String,
    pub(super) receives: u32,
}

impl SqsRecord {
    pub fn receives(&self) -> u32 {
        self.attributes.approximate_receive_count.parse().unwrap_or(1)
    }

    /// When it was sent to the queue, in milliseconds since 1970.
    pub fn sent_at(&self) -> Option<i64> {
        self.attributes.sent_timestamp.parse().ok()
    }

    /// The queue that it comes from.
    pub fn queue(&self) -> &str {
        self.event_source_arn.rsplit(':').next().unwrap_or("")
    }

    pub(super) fn fifo_group(&self) -> Option<&str> {
        self.attributes.message_group_id.as_deref().filter(|_| self.event_source_arn.ends_with(".fifo"))
    }

    pub(super) fn receipt(&self) -> Receipt {
        Receipt {
            message_id: self.message_id.clone(),
            receipt_handle: self.receipt_handle.clone(),
            receives: self.receives(),
        }
    }
}

/// Tells the mapping which records to keep on the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    pub batch_item_failures: Vec<BatchItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItem {
    pub item_identifier: String,
}

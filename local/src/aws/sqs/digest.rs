//! The MD5 sums that the SDK checks.
//! [How](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use serde_json::{Map, Value};

pub(crate) fn of_body(body: &str) -> String {
    hex::encode(Md5::digest(body))
}

/// Of message attributes, by name; `None` when there are none.
pub(super) fn of_attributes(attributes: &Map<String, Value>) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut named: Vec<_> = attributes.iter().collect();
    named.sort_by_key(|(name, _)| name.as_str());
    let mut parts: Vec<(Vec<u8>, Option<u8>)> = Vec::new();
    for (name, value) in named {
        parts.push((name.as_bytes().to_vec(), None));
        parts.push((value["DataType"].as_str().unwrap_or_default().as_bytes().to_vec(), None));
        match (value["StringValue"].as_str(), value["BinaryValue"].as_str()) {
            (Some(text), _) => parts.push((text.as_bytes().to_vec(), Some(1))),
            (None, binary) => parts.push((STANDARD.decode(binary.unwrap_or_default()).unwrap_or_default(), Some(2))),
        }
    }
    let mut all = Vec::new();
    for (bytes, kind) in parts {
        all.extend(kind);
        all.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        all.extend(bytes);
    }
    Some(hex::encode(Md5::digest(all)))
}

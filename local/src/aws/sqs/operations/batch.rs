//! Batches: refused whole when they are none, and answered entry by entry when they are.

use serde_json::{Value, json};

use super::{Answer, BATCH_MAX};
use crate::aws::sqs::wire::Fault;

pub(super) fn entries(input: &Value) -> Result<&Vec<Value>, Fault> {
    let entries = input["Entries"].as_array().filter(|e| !e.is_empty());
    let entries = entries.ok_or_else(|| Fault::new("EmptyBatchRequest", "There should be at least one entry."))?;
    if entries.len() > BATCH_MAX {
        let why = format!("Maximum number of entries per request are {BATCH_MAX}. You have sent {}.", entries.len());
        return Err(Fault::new("TooManyEntriesInBatchRequest", why));
    }
    let mut ids: Vec<&str> = entries.iter().map(|e| e["Id"].as_str().unwrap_or_default()).collect();
    if !ids.iter().all(|id| is_id(id)) {
        let why = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
        return Err(Fault::new("InvalidBatchEntryId", why));
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.len() == entries.len() {
        Ok(entries)
    } else {
        Err(Fault::new("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id."))
    }
}

fn is_id(id: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=80).contains(&id.len()) && id.bytes().all(legal)
}

pub(super) fn failure(id: &Value, fault: &Fault) -> Value {
    json!({ "Id": id, "SenderFault": true, "Code": fault.code, "Message": fault.message })
}

/// Does one thing for each entry.
pub(super) fn each(input: &Value, one: impl Fn(&Value) -> Result<(), Fault>) -> Answer {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries(input)? {
        match one(entry) {
            Ok(()) => successful.push(json!({ "Id": entry["Id"] })),
            Err(fault) if fault.code == "QueueDoesNotExist" => return Err(fault),
            Err(fault) => failed.push(failure(&entry["Id"], &fault)),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

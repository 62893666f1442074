//! Writes that change nothing: dynoxide records them in the stream, DynamoDB does not.
//! [AWS](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html).

use axum::body::Bytes;
use serde_json::Value;

/// Whether a stream's record tells of a change. Only a stream of both images can say that there was none.
pub(crate) fn is_change(record: &Value) -> bool {
    let (old, new) = (&record["dynamodb"]["OldImage"], &record["dynamodb"]["NewImage"]);
    record["eventName"] != "MODIFY" || old.is_null() || old != new
}

/// An answer of `GetRecords` with the changes alone; `None` when it holds nothing else.
pub(super) fn changes_only(answer: &[u8]) -> Option<Bytes> {
    let mut answer: Value = serde_json::from_slice(answer).ok()?;
    let records = answer.get_mut("Records")?.as_array_mut()?;
    let before = records.len();
    records.retain(is_change);
    (records.len() < before).then(|| answer.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_write_of_what_was_there_is_no_change() {
        let image = |rev: u8| json!({ "pk": { "S": "a" }, "rev": { "N": rev.to_string() } });
        for (record, change) in [
            (json!({ "eventName": "MODIFY", "dynamodb": { "OldImage": image(1), "NewImage": image(1) } }), false),
            (json!({ "eventName": "MODIFY", "dynamodb": { "OldImage": image(1), "NewImage": image(2) } }), true),
            (json!({ "eventName": "MODIFY", "dynamodb": { "NewImage": image(1) } }), true),
            (json!({ "eventName": "MODIFY", "dynamodb": {} }), true),
            (json!({ "eventName": "INSERT", "dynamodb": { "NewImage": image(1) } }), true),
            (json!({ "eventName": "REMOVE", "dynamodb": { "OldImage": image(1) } }), true),
        ] {
            assert_eq!(is_change(&record), change, "{record}");
        }
    }
}

//! A record without what people wrote and who they are: its shape, and the words of the trade.

use serde_json::{Map, Value, json};

/// Under these names stand words of the channel and of ours, never content.
const PLAIN: [&str; 17] = [
    "bytes",
    "v",
    "type",
    "object",
    "field",
    "event",
    "status",
    "timestamp",
    "code",
    "channel",
    "messaging_product",
    "app_id",
    "received_ms",
    "tenant",
    "conversation",
    "phone_number_id",
    "account",
];
/// The deepest level that is looked into.
const DEPTH_MAX: usize = 64;

/// The record's shape. What is no JSON shows its length alone.
pub fn record(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value) => shape(value, "", 0),
        Err(_) => json!({"unreadable": format!("{} bytes", text.len())}),
    }
}

fn shape(value: Value, name: &str, depth: usize) -> Value {
    let left_out = |what: String| Value::String(format!("({what})"));
    match value {
        _ if depth > DEPTH_MAX => left_out("deeper".to_owned()),
        Value::Null | Value::Bool(_) => value,
        Value::Number(_) | Value::String(_) if PLAIN.contains(&name) => value,
        Value::Number(_) => left_out("number".to_owned()),
        // A payload within a payload is looked into as well.
        Value::String(text) => match serde_json::from_str::<Map<String, Value>>(&text) {
            Ok(inner) => shape(Value::Object(inner), name, depth + 1),
            Err(_) => left_out(format!("{} characters", text.chars().count())),
        },
        Value::Array(items) => items.into_iter().map(|item| shape(item, name, depth + 1)).collect(),
        Value::Object(fields) => {
            let shown = fields.into_iter().map(|(name, value)| {
                let shown = shape(value, &name, depth + 1);
                (known(name), shown)
            });
            Value::Object(shown.collect())
        }
    }
}

/// A name that a person chose may stand for a field's name: only what looks like one of a protocol is shown.
fn known(name: String) -> String {
    let sound = name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'.' | b'-'));
    if sound { name } else { "(name)".to_owned() }
}

/// One line about a record.
pub fn summary(text: &str) -> String {
    let Ok(Value::Object(record)) = serde_json::from_str::<Value>(text) else {
        return format!("{} bytes that are no record", text.len());
    };
    let channel = record.get("channel").and_then(Value::as_str).filter(|c| c.parse::<domain::ChannelType>().is_ok());
    let events = record.get("body").and_then(|body| body.get("events")).and_then(Value::as_array).map(Vec::len);
    match (channel, events) {
        (Some(channel), Some(1)) => format!("{channel}: 1 event"),
        (Some(channel), Some(events)) => format!("{channel}: {events} events"),
        (Some(channel), None) => format!("{channel}: a record of {} bytes", text.len()),
        (None, _) if record.contains_key("bytes") => spilled(&record),
        (None, _) if record.contains_key("conversation") => "a wake for a conversation".to_owned(),
        (None, _) => format!("a record of {} bytes", text.len()),
    }
}

fn spilled(record: &Map<String, Value>) -> String {
    let bytes = record.get("bytes").and_then(Value::as_u64).unwrap_or_default();
    match record.get("records").and_then(Value::as_array) {
        Some(records) => format!("{} records of {bytes} bytes together", records.len()),
        None => format!("a body of {bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_keeps_its_shape_and_loses_its_content() {
        let event = json!({"field": "messages", "messages": [{"from": "972501234567", "type": "text", "timestamp": "1795",
            "text": {"body": "my secret"}, "972501234567": 12}], "inner": "{\"name\": \"Noa\"}"});
        let text = json!({"v": 1, "channel": "whatsapp", "body": {"events": [event]}}).to_string();
        assert_eq!(
            record(&text),
            json!({"v": 1, "channel": "whatsapp", "body": {"events": [{"field": "messages", "messages": [{
                "from": "(12 characters)", "type": "text", "timestamp": "1795", "text": {"body": "(9 characters)"},
                "(name)": "(number)"}], "inner": {"name": "(3 characters)"}}]}})
        );
        assert_eq!(summary(&text), "whatsapp: 1 event");
        assert_eq!(record("secret"), json!({"unreadable": "6 bytes"}));
    }
}

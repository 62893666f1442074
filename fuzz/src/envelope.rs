//! Nothing of a webhook is lost on its way into pieces, and each piece is events or a reason.

use std::collections::BTreeMap;

use channel_meta::plain;
use channel_whatsapp::{RawEvent, Routed, parse, split};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

const OBJECT: &str = "whatsapp_business_account";

/// The input is the body, as it was signed.
pub fn holds(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let shorter = plain(&text);
    let routed = split(&shorter);
    understood(routed.as_deref().unwrap_or_default());
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    assert_eq!(read(&shorter), read(&text));
    let Some(body) = read(&text) else { return };
    assert_eq!(routed.is_none(), is_of_another_product(&body), "{body}");
    if routed.is_some() {
        // Written anew, no name is there twice and every text is spelt in one way.
        let text = body.to_string();
        let routed = split(&text).unwrap_or_default();
        understood(&routed);
        everything_is_kept(&body, &routed);
        the_short_way_is_the_long_one(body, &routed);
    }
}

/// Every part is the pieces of a thread or was not readable, and each piece is events or tells why not.
fn understood(routed: &[Routed<'_>]) {
    for part in routed {
        assert_ne!(part.events.is_empty(), part.unreadable.is_none(), "{part:?}");
        for event in &part.events {
            match parse(&piece(event)) {
                Ok(events) => assert!(!events.is_empty(), "nothing came of {event:?}"),
                Err(poison) => is_discreet(&poison.reason),
            }
        }
    }
}

/// A reason is a sentence of ours, which may name a field of Meta's.
pub(crate) fn is_discreet(reason: &str) {
    assert!(!reason.is_empty() && reason.len() <= 200 && reason.is_ascii(), "{reason:?}");
}

fn is_of_another_product(body: &Value) -> bool {
    match &body["object"] {
        Value::String(text) => !text.is_empty() && text != OBJECT,
        Value::Number(_) => true,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Each item of each list is in a piece, word for word, and as often as it came.
fn everything_is_kept(body: &Value, routed: &[Routed<'_>]) {
    let pieces = routed.iter().flat_map(|part| part.events.iter().map(written));
    let kept: Vec<String> = pieces.chain(routed.iter().filter_map(|part| part.unreadable.clone())).collect();
    let mut came = BTreeMap::<String, usize>::new();
    items(body).iter().for_each(|item| *came.entry(item.to_string()).or_default() += 1);
    for (item, times) in came {
        let found: usize = kept.iter().map(|piece| piece.matches(&item).count()).sum();
        assert!(found >= times, "{item} came {times} times and was kept {found} times, of {body}");
    }
}

/// What must come out, as finely as it is told apart.
fn items(body: &Value) -> Vec<&Value> {
    list(&body["entry"]).iter().flat_map(of_entry).collect()
}

fn of_entry(entry: &Value) -> Vec<&Value> {
    match list(&entry["changes"]) {
        [] => vec![entry],
        changes => changes.iter().flat_map(of_change).collect(),
    }
}

fn of_change(change: &Value) -> Vec<&Value> {
    match &change["value"] {
        Value::Object(fields) => fields.iter().flat_map(|(key, told)| of_field(key, told)).collect(),
        Value::Null => Vec::new(),
        other => vec![other],
    }
}

/// What names the account or the writers is told with each item, and is none itself.
fn of_field<'a>(key: &str, told: &'a Value) -> Vec<&'a Value> {
    match (key, told) {
        ("metadata" | "messaging_product" | "contacts", _) => Vec::new(),
        ("history", Value::Array(chunks)) => chunks.iter().flat_map(of_chunk).collect(),
        ("standby", Value::Object(fields)) => fields.iter().flat_map(|(key, told)| of_field(key, told)).collect(),
        (_, Value::Array(items)) => items.iter().collect(),
        (_, Value::Object(fields)) if !fields.is_empty() => vec![told],
        _ => Vec::new(),
    }
}

fn of_chunk(chunk: &Value) -> Vec<&Value> {
    let Value::Object(fields) = chunk else { return vec![chunk] };
    let mut items = Vec::new();
    for (key, told) in fields {
        match told {
            Value::Array(threads) if key == "threads" => items.extend(threads.iter().flat_map(of_thread)),
            told => items.extend(of_field(key, told)),
        }
    }
    items
}

fn of_thread(thread: &Value) -> Vec<&Value> {
    let Value::Object(fields) = thread else { return vec![thread] };
    fields.iter().filter(|(key, _)| *key != "context").flat_map(|(key, told)| of_field(key, told)).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn list_mut<'a>(value: &'a mut Value, key: &str) -> Option<&'a mut Vec<Value>> {
    value.get_mut(key)?.as_array_mut()
}

/// A webhook of the usual shape is read in one pass. One more field, which says nothing, sends it part by part.
fn the_short_way_is_the_long_one(mut body: Value, routed: &[Routed<'_>]) {
    let Some(entries) = list_mut(&mut body, "entry") else { return };
    let changes = entries.iter_mut().filter_map(|entry| list_mut(entry, "changes")).flatten();
    for change in changes {
        let filled = |key: &str| !list(&change["value"][key]).is_empty();
        if change["field"] != "messages" || !(filled("messages") || filled("statuses")) {
            return; // This is not of the usual shape.
        }
        change["value"]["nothing"] = json!(null);
    }
    let text = body.to_string();
    let longer = split(&text).unwrap_or_default();
    assert_eq!(told(&longer), told(routed), "{body}");
}

type Told<'a> = (Option<&'a str>, Option<&'a str>, &'a str, Vec<String>, Option<String>);

fn told<'a>(routed: &'a [Routed<'_>]) -> Vec<Told<'a>> {
    routed.iter().map(of_part).collect()
}

fn of_part<'a>(part: &'a Routed<'_>) -> Told<'a> {
    let Routed { account, business, thread, events, unreadable } = part;
    let events = events.iter().map(|event| without_the_field(&written(event))).collect();
    (account.as_deref(), business.as_deref(), thread, events, unreadable.as_deref().map(without_the_field))
}

/// What is not understood is kept whole, the field that says nothing and all.
fn without_the_field(kept: &str) -> String {
    kept.replace(r#","nothing":null"#, "").replace(r#""nothing":null,"#, "")
}

/// The event as the queue carries it.
pub(crate) fn piece(event: &RawEvent<'_>) -> Box<RawValue> {
    to_raw_value(event).expect("an event is JSON")
}

fn written(event: &RawEvent<'_>) -> String {
    piece(event).get().to_owned()
}

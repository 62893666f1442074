//! P-2: whatever comes is events, a reason, or another product's; nothing is lost on the way.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Any JSON, three levels deep, with keys that WhatsApp uses.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{0,14}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "id",
        "type",
        "from",
        "to",
        "timestamp",
        "text",
        "body",
        "image",
        "reaction",
        "message_id",
        "edit",
        "message",
        "original_message_id",
        "contacts",
        "order",
        "product_items",
        "errors",
        "context",
        "interactive",
        "system",
        "referral",
        "location",
        "latitude",
        "group_id",
        "status",
        "history_context",
        "threads",
        "name",
        "phones",
    ]);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()),
        ]
    })
}

fn webhook(field: &str, value: &Value) -> String {
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "2", "changes": [{ "field": field, "value": value }] }] })
        .to_string()
}

/// The fixtures' names.
fn fixtures() -> Vec<String> {
    let dir = std::fs::read_dir(format!("{}/fixtures", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let name =
        |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path().file_stem()?.to_str().map(str::to_owned);
    let mut all: Vec<String> = dir.filter_map(name).collect();
    all.sort();
    all
}

/// Replaces the value at one place of the document, counted through it; the places that there are.
fn replace(document: &mut Value, place: &mut usize, with: &Value) {
    if *place == 0 {
        *document = with.clone();
    }
    *place = place.wrapping_sub(1);
    match document {
        Value::Array(all) => all.iter_mut().for_each(|inner| replace(inner, place, with)),
        Value::Object(all) => all.values_mut().for_each(|inner| replace(inner, place, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Its `object` is a word, and not that of WhatsApp.
fn is_of_another_product(document: &Value) -> bool {
    match &document["object"] {
        Value::String(text) => !text.is_empty() && text != "whatsapp_business_account",
        Value::Number(_) => true,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

proptest! {
    #[test]
    fn every_update_of_a_webhook_comes_out(
        field in prop::sample::select(vec![
            "messages", "standby", "smb_message_echoes", "calls", "history", "smb_app_state_sync",
            "messaging_handovers", "account_update", "nothing",
        ]),
        items in prop::collection::vec(json_value(), 1..5),
        list in prop::sample::select(vec!["messages", "statuses", "message_echoes", "calls", "state_sync", "history", "x"]),
    ) {
        let value = json!({ "metadata": { "phone_number_id": "1" }, list: items });
        prop_assert!(!read(&webhook(field, &value)).is_empty());
        if field == "messages" && matches!(list, "messages" | "statuses") {
            prop_assert_eq!(read(&webhook(field, &value)).len(), items.len());
        }
    }

    #[test]
    fn a_payload_with_one_thing_wrong_is_events_or_a_reason_or_of_another_product(
        name in prop::sample::select(fixtures()), place in 0..60_usize, with in json_value()
    ) {
        let mut document: Value = serde_json::from_str(&fixture(&name)).unwrap();
        replace(&mut document, &mut place.clone(), &with);
        if is_of_another_product(&document) {
            prop_assert!(crate::split(&document.to_string()).is_none(), "{name}: {document}");
        } else {
            prop_assert!(!read(&document.to_string()).is_empty(), "{name}: {document}");
        }
    }

    #[test]
    fn any_text_is_kept(text in prop::string::string_regex("(?s).{0,200}").unwrap()) {
        prop_assert!(crate::split(&text).is_none_or(|routed| !routed.is_empty()));
    }
}

#[test]
fn half_a_character_costs_no_message() {
    let body = fixture("text").replace("在庫ありますか？ 😀", "\\ud83d hello");
    let texts: Vec<_> = read(&body)
        .into_iter()
        .map(|event| match event {
            Ok(Event::Message(message)) => message.text,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(texts, [some("\u{fffd} hello")]);
}

#[test]
fn what_can_never_be_understood_says_why() {
    let body = fixture("text");
    let reasons: BTreeSet<String> = [("\"wamid.T1\"", "\"\""), ("\"1795000001\"", "\"soon\""), ("\"from", "\"form")]
        .iter()
        .flat_map(|(from, to)| read(&body.replace("\"contacts\"", "\"people\"").replace(from, to)))
        .filter_map(Result::err)
        .collect();
    let expected = [
        "a message does not tell whose it is",
        "a message's timestamp is not a time",
        "webhook field messages carries people, which is not known",
    ];
    assert_eq!(reasons, expected.map(str::to_owned).into());
}

#[test]
fn a_message_without_an_id_and_a_change_without_its_field_are_what_they_hold() {
    let body = fixture("text").replace("\"wamid.T1\"", "\"\"").replace("\"field\"", "\"campo\"");
    let ids: Vec<_> = [&body, &body]
        .iter()
        .flat_map(|body| read(body))
        .map(|event| match event {
            Ok(Event::Message(message)) => message.external_id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(ids[0].starts_with("unnamed:") && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

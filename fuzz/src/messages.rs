//! Whatever stands in the place of a message, a status, a call or any other item is one piece, and keeps its id and its text.

use channel::{Event, Poison};
use channel_whatsapp::{parse, split};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::envelope::{is_discreet, piece};

/// Where an item may stand: a change's field, and its value around the item.
const PLACES: [(&str, &str, &str); 14] = [
    ("messages", r#""messages":["#, "]"),
    ("messages", r#""statuses":["#, "]"),
    ("messages", r#""errors":["#, "]"),
    ("standby", r#""messages":["#, "]"),
    ("standby", r#""message_echoes":["#, "]"),
    ("smb_message_echoes", r#""message_echoes":["#, "]"),
    ("calls", r#""calls":["#, "]"),
    ("calls", r#""statuses":["#, "]"),
    ("history", r#""messages":["#, "]"),
    ("history", r#""history":[{"threads":[{"id":"972500000001","messages":["#, "]}]}]"),
    ("smb_app_state_sync", r#""state_sync":["#, "]"),
    ("messages", r#""contacts":[],"surprise":["#, "]"),
    ("message_template_status_update", r#""message_template_id":1,"other_info":"#, ""),
    ("nobody_knows", r#""x":"#, ""),
];

/// What a customer's message is told beside.
const CONTACT: &str = r#""contacts":[{"wa_id":"972500000001","profile":{"name":"Dana"}}],"#;

/// The input is the item, in JSON; a whole value where the field has no lists.
pub fn holds(input: &[u8]) {
    let Ok(item) = serde_json::from_slice::<&RawValue>(input) else { return };
    for place in PLACES {
        for contact in ["", CONTACT] {
            in_place(place, contact, item.get());
        }
    }
    for field in ["messaging_handovers", "account_update", "history", "messages", "user_id_update"] {
        events(field, item.get()).iter().for_each(is_told);
    }
}

fn in_place((field, before, after): (&str, &str, &str), contact: &str, item: &str) {
    let contact = if before.contains("contacts") { "" } else { contact };
    let value = format!(r#"{{"metadata":{{"phone_number_id":"1001"}},{contact}{before}{item}{after}}}"#);
    let read = events(field, &value);
    read.iter().for_each(is_told);
    assert_eq!(read.len(), 1, "{field}: {value}");
    let (Some(item), Some(Ok(events))) = (strict(item), read.first()) else { return };
    let list = before.trim_start_matches('"').split('"').next().unwrap_or_default();
    events.iter().for_each(|event| keeps(field, list, &item, event));
}

/// What becomes of each piece of a change.
fn events(field: &str, value: &str) -> Vec<Result<Vec<Event>, Poison>> {
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"2","changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
    );
    let routed = split(&body).unwrap_or_else(|| panic!("of another product: {body}"));
    let unreadable = || Poison { reason: "it was not readable".to_owned() };
    let of_part = |part: channel_whatsapp::Routed<'_>| {
        let read = part.events.iter().map(|event| parse(&piece(event))).collect::<Vec<_>>();
        read.into_iter().chain(part.unreadable.map(|_| Err(unreadable())))
    };
    routed.into_iter().flat_map(of_part).collect()
}

fn is_told(read: &Result<Vec<Event>, Poison>) {
    match read {
        Ok(events) => {
            assert!(!events.is_empty());
            events.iter().for_each(is_whole);
        }
        Err(poison) => is_discreet(&poison.reason),
    }
}

/// Whatever came of it can be stored: it has an id, and somebody it is of.
fn is_whole(event: &Event) {
    match event {
        Event::Message(message) => {
            assert!(!message.external_id.is_empty(), "{message:?}");
            assert!(message.from.iter().any(|name| name.kind.identifies() && !name.value.is_empty()), "{message:?}");
            assert!(message.name.as_ref().is_none_or(|name| !name.trim().is_empty()), "{message:?}");
        }
        Event::Amendment(update) => assert!(!update.external_id.is_empty(), "{update:?}"),
        Event::Status(update) => assert!(!update.external_id.is_empty(), "{update:?}"),
        Event::Names(update) => assert!(!update.identities.is_empty(), "{update:?}"),
        Event::Notice(notice) => assert!(!notice.raw.is_empty(), "{notice:?}"),
        Event::Ignored(why) => assert!(!why.is_empty()),
    }
}

/// The channel's id is the item's own, and so is a plain text.
fn keeps(field: &str, list: &str, item: &Value, event: &Event) {
    let id = item["id"].as_str().filter(|id| !id.is_empty());
    match event {
        Event::Message(message) => {
            id.into_iter().for_each(|id| assert_eq!(message.external_id, id, "{field} {list}: {item}"));
            let nested = item["message"].is_object() && list == "message_echoes";
            if item["type"] == "text" && !nested && field != "calls" {
                assert_eq!(message.text.as_deref(), item["text"]["body"].as_str(), "{field} {list}: {item}");
            }
        }
        Event::Status(update) => {
            id.into_iter().for_each(|id| assert_eq!(update.external_id, id, "{field} {list}: {item}"));
        }
        Event::Amendment(_) | Event::Names(_) | Event::Notice(_) | Event::Ignored(_) => {}
    }
}

/// As serde reads it: without half characters.
fn strict(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

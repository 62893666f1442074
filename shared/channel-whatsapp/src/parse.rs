//! What a piece of a webhook means, in our words. Tolerant: what is not understood is kept as it came.

use channel::{Event, InboundMessage, Poison, StatusUpdate};
use domain::{MessageType, Receipt};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use crate::errors::failure;
use crate::identity::{Names, identities};
use crate::lenient::{text_or_number, timestamp};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Piece<'a> {
    Message {
        #[serde(borrow)]
        message: &'a RawValue,
        #[serde(borrow)]
        contact: Option<&'a RawValue>,
    },
    #[serde(borrow)]
    Status(&'a RawValue),
    Errors(Value),
    Change {
        field: String,
    },
}

#[derive(Default, Deserialize)]
struct Contact {
    #[serde(default)]
    profile: Profile,
    wa_id: Option<String>,
    user_id: Option<String>,
    parent_user_id: Option<String>,
}

#[derive(Default, Deserialize)]
struct Profile {
    name: Option<String>,
    username: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    #[serde(default, deserialize_with = "text_or_number")]
    timestamp: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    from: Option<String>,
    from_user_id: Option<String>,
    from_parent_user_id: Option<String>,
    group_id: Option<String>,
    #[serde(default)]
    text: Value,
    #[serde(default)]
    context: Value,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    status: String,
    #[serde(default, deserialize_with = "text_or_number")]
    timestamp: Option<String>,
    biz_opaque_callback_data: Option<String>,
    #[serde(default)]
    errors: Vec<StatusError>,
}

#[derive(Deserialize)]
struct StatusError {
    code: i64,
    #[serde(default)]
    title: String,
}

/// Reads one piece that [`crate::split`] made.
pub fn parse(piece: &RawValue) -> Result<Vec<Event>, Poison> {
    match serde_json::from_str(piece.get()).map_err(|_| poison("the event is not in a form that we know"))? {
        Piece::Message { message: raw, contact } => {
            // What is odd about the contact must not cost the message: it only adds a name.
            let contact = contact.and_then(|c| serde_json::from_str(c.get()).ok()).unwrap_or_default();
            message(raw, contact).map(|m| vec![Event::Message(m)])
        }
        Piece::Status(raw) => status(raw).map(|event| vec![event]),
        Piece::Errors(errors) => {
            let code = errors[0]["code"].as_i64().unwrap_or_default();
            tracing::warn!(code, "WhatsApp reports an error of its own");
            Ok(vec![Event::Ignored("an error that concerns no message")])
        }
        Piece::Change { field } => Err(poison(&format!("webhook field {} is not shown yet", word(&field)))),
    }
}

fn poison(reason: &str) -> Poison {
    Poison { reason: reason.to_owned() }
}

/// A field's name is Meta's, never a customer's: still, only what looks like one is repeated.
fn word(text: &str) -> &str {
    let plain = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain { text } else { "of an unknown name" }
}

fn message(raw: &RawValue, contact: Contact) -> Result<InboundMessage, Poison> {
    let message: Message = serde_json::from_str(raw.get()).map_err(|_| poison("a message lacks its id or its type"))?;
    if message.id.is_empty() {
        return Err(poison("a message's id is empty"));
    }
    let at = message.timestamp.as_deref().and_then(timestamp);
    let at = at.ok_or_else(|| poison("a message's timestamp is not a time"))?;
    let from = identities(&[
        Names {
            user_id: message.from_user_id.as_deref(),
            parent_user_id: message.from_parent_user_id.as_deref(),
            phone: message.from.as_deref(),
            username: None,
        },
        Names {
            user_id: contact.user_id.as_deref(),
            parent_user_id: contact.parent_user_id.as_deref(),
            phone: contact.wa_id.as_deref(),
            username: contact.profile.username.as_deref(),
        },
    ]);
    if !from.iter().any(|identity| identity.kind.identifies()) {
        return Err(poison("a message does not tell who wrote it"));
    }
    let text = message.text["body"].as_str().filter(|_| message.kind == "text").map(str::to_owned);
    let whole = text.is_some() && says_no_more(raw);
    Ok(InboundMessage {
        external_id: message.id,
        at,
        group: message.group_id,
        from,
        name: contact.profile.name.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
        kind: if text.is_some() { MessageType::Text } else { MessageType::Unsupported },
        reply_to: message.context["id"].as_str().map(str::to_owned),
        raw_type: text.is_none().then(|| word(&message.kind).to_owned()),
        raw: (!whole).then(|| raw.get().to_owned()),
        opens_window: !matches!(message.kind.as_str(), "system" | "request_welcome"),
        text,
    })
}

/// Whether a text message has nothing but what our own fields hold.
fn says_no_more(raw: &RawValue) -> bool {
    let Ok(fields) = serde_json::from_str::<Map<String, Value>>(raw.get()) else { return false };
    let known =
        ["id", "timestamp", "type", "from", "from_user_id", "from_parent_user_id", "group_id", "text", "context"];
    let only =
        |value: &Value, keys: &[&str]| value.as_object().is_none_or(|o| o.keys().all(|k| keys.contains(&k.as_str())));
    fields.keys().all(|k| known.contains(&k.as_str()))
        && fields.get("text").is_none_or(|t| only(t, &["body"]))
        && fields.get("context").is_none_or(|c| only(c, &["from", "id"]))
}

fn status(raw: &RawValue) -> Result<Event, Poison> {
    let status: Status =
        serde_json::from_str(raw.get()).map_err(|_| poison("a status lacks its message or its kind"))?;
    let receipt = match status.status.as_str() {
        "sent" => Receipt::Accepted,
        "delivered" => Receipt::Delivered,
        "read" | "played" => Receipt::Read,
        "failed" => {
            let (code, title) = status.errors.first().map_or((0, ""), |e| (e.code, e.title.as_str()));
            Receipt::Failed(if status.errors.is_empty() { failure(-1, "") } else { failure(code, title) })
        }
        _ => return Ok(Event::Ignored("a kind of status that says nothing of delivery")),
    };
    let at = status.timestamp.as_deref().and_then(timestamp);
    Ok(Event::Status(StatusUpdate {
        external_id: status.id,
        reference: status.biz_opaque_callback_data,
        receipt,
        at: at.ok_or_else(|| poison("a status's timestamp is not a time"))?,
    }))
}

#[cfg(test)]
mod tests {
    use domain::{Failure, Identity, IdentityKind, Timestamp};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(piece: &Value) -> Result<Vec<Event>, Poison> {
        parse(&serde_json::value::to_raw_value(piece).unwrap())
    }

    fn phone(value: &str) -> Identity {
        Identity { kind: IdentityKind::Phone, value: value.to_owned() }
    }

    fn ann(id: &str) -> InboundMessage {
        InboundMessage {
            external_id: id.to_owned(),
            at: Timestamp::from_seconds(1_795_000_000),
            group: None,
            from: vec![phone("8190")],
            name: Some("Ann".to_owned()),
            kind: MessageType::Text,
            text: Some("hello".to_owned()),
            reply_to: None,
            raw_type: None,
            raw: None,
            opens_window: true,
        }
    }

    #[test]
    fn a_text_is_a_text_and_everything_else_is_kept_as_it_came() {
        let contact = json!({ "wa_id": "8190", "profile": { "name": " Ann " } });
        let raw = |m: &Value| Some(m.to_string());
        let text = json!({ "from": "8190", "id": "m1", "timestamp": "1795000000", "type": "text", "text": { "body": "hello" } });
        let mut quote = text.clone();
        quote["context"] = json!({ "from": "15550100", "id": "wamid.1" });
        let mut forwarded = text.clone();
        forwarded["context"] = json!({ "forwarded": true });
        let mut millis = text.clone();
        millis["timestamp"] = json!(1_795_000_000_000_u64);
        let image = json!({ "from": "8190", "id": "m1", "timestamp": "1795000000", "type": "image", "image": { "id": "880001" } });
        let welcome = json!({ "from": "8190", "id": "m1", "timestamp": "1795000000", "type": "request_welcome" });
        let unshown = |m: &Value| InboundMessage {
            kind: MessageType::Unsupported,
            text: None,
            raw_type: m["type"].as_str().map(str::to_owned),
            raw: raw(m),
            ..ann("m1")
        };
        for (message, expected) in [
            (&text, ann("m1")),
            (&millis, ann("m1")),
            (&quote, InboundMessage { reply_to: Some("wamid.1".to_owned()), ..ann("m1") }),
            (&forwarded, InboundMessage { raw: raw(&forwarded), ..ann("m1") }),
            (&image, unshown(&image)),
            (&welcome, InboundMessage { opens_window: false, ..unshown(&welcome) }),
        ] {
            let piece = json!({ "message": { "message": message, "contact": contact } });
            assert_eq!(of(&piece), Ok(vec![Event::Message(expected)]), "{message}");
        }
    }

    #[test]
    fn a_status_says_how_far_a_send_has_come() {
        let update = |receipt| {
            let external_id = "wamid.1".to_owned();
            let reference = Some("ours.1".to_owned());
            Event::Status(StatusUpdate { external_id, reference, receipt, at: Timestamp::from_seconds(7) })
        };
        let window = Failure {
            code: "window_closed".to_owned(),
            title: "More than 24 hours have passed since the customer last wrote".to_owned(),
            channel_code: Some(131_047),
        };
        for (status, expected) in [
            ("sent", update(Receipt::Accepted)),
            ("delivered", update(Receipt::Delivered)),
            ("read", update(Receipt::Read)),
            ("played", update(Receipt::Read)),
            ("failed", update(Receipt::Failed(window))),
            ("deleted", Event::Ignored("a kind of status that says nothing of delivery")),
        ] {
            let mut piece = json!({ "status": { "id": "wamid.1", "status": status, "timestamp": "7", "biz_opaque_callback_data": "ours.1" } });
            if status == "failed" {
                piece["status"]["errors"] = json!([{ "code": 131_047, "title": "Re-engagement message" }]);
            }
            assert_eq!(of(&piece), Ok(vec![expected]), "{status}");
        }
    }

    #[test]
    fn an_odd_contact_costs_a_name_and_never_the_message() {
        let text = json!({ "from": "8190", "id": "m1", "timestamp": "1795000000", "type": "text", "text": { "body": "hello" } });
        for contact in
            [json!(null), json!(7), json!({ "profile": null }), json!({ "profile": { "name": 7 }, "wa_id": 8190 })]
        {
            let piece = json!({ "message": { "message": text, "contact": contact } });
            let nameless = InboundMessage { name: None, ..ann("m1") };
            assert_eq!(of(&piece), Ok(vec![Event::Message(nameless)]), "{contact}");
        }
    }

    #[test]
    fn what_can_never_be_understood_says_why() {
        for (piece, reason) in [
            (
                json!({ "message": { "message": { "from": "8190", "type": "text" } } }),
                "a message lacks its id or its type",
            ),
            (
                json!({ "message": { "message": { "id": "m", "type": "text", "timestamp": "x", "from": "1" } } }),
                "a message's timestamp is not a time",
            ),
            (
                json!({ "message": { "message": { "id": "m", "type": "text", "timestamp": "1" } } }),
                "a message does not tell who wrote it",
            ),
            (json!({ "status": { "status": "read" } }), "a status lacks its message or its kind"),
            (json!({ "change": { "field": "history", "value": {} } }), "webhook field history is not shown yet"),
            (json!(7), "the event is not in a form that we know"),
        ] {
            assert_eq!(of(&piece), Err(Poison { reason: reason.to_owned() }), "{piece}");
        }
    }

    proptest! {
        /// P-2: every JSON is events or a reason.
        #[test]
        fn anything_is_understood_or_refused(body in "\\PC{0,40}", kind in "[a-z_]{0,12}", time in any::<i64>()) {
            let message = json!({ "id": body, "from": body, "type": kind, "timestamp": time.to_string(), kind.clone(): { "body": body } });
            let _ = of(&json!({ "message": { "message": message, "contact": { "profile": { "name": body } } } }));
            let _ = of(&json!({ "status": { "id": body, "status": kind, "timestamp": time } }));
            let _ = crate::split(body.as_bytes());
        }
    }
}

//! A message as clients see it.

use domain::body::{Attachment, Degrees};
use domain::{Body, ConversationId, Reaction};
use serde_json::{Value, json};

use super::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + ms)
}

fn message(kind: MessageType, body: Body) -> Message {
    let id = MessageId::new(&ConversationId::from_bytes([7; 16]), at(0), 3);
    let author = Author::Contact { id: Some("c".to_owned()), name: "Dana".to_owned() };
    Message { body, ..Message::new(id, Direction::Inbound, kind, author, at(0), at(0)) }
}

fn shown(message: &Message) -> Value {
    serde_json::to_value(MessageJson::from(message)).unwrap()
}

#[test]
fn what_has_more_to_say_puts_it_in_an_object_named_like_its_type() {
    let degrees = |d: f64| Degrees::try_from(d).unwrap();
    let place = Location {
        latitude: degrees(35.5),
        longitude: degrees(139.25),
        name: Some("Tokyo Station".to_owned()),
        address: None,
        url: None,
    };
    let shown = shown(&message(MessageType::Location, Body::of(Details::Location(place))));
    assert_eq!(shown["type"], "location");
    assert_eq!(shown["location"], json!({ "latitude": 35.5, "longitude": 139.25, "name": "Tokyo Station" }));
    assert_eq!(shown.get("contacts"), None);
}

#[test]
fn a_file_is_named_by_its_message_and_its_place() {
    let file = Attachment { mime_type: Some("image/png".to_owned()), ..Attachment::pending(MessageType::Image, None) };
    let message = message(MessageType::Image, Body { attachments: vec![file], ..Body::default() });
    let expected = json!([{
        "id": format!("{}.0", message.id), "kind": "image", "mime_type": "image/png", "file_name": null, "bytes": null,
        "state": "pending", "url": null, "thumbnail_url": null, "reason": null,
    }]);
    assert_eq!(shown(&message)["attachments"], expected);
}

#[test]
fn only_reactions_that_stand_are_shown() {
    let reaction = |name: &str, emoji: Option<&str>| Reaction {
        by: Author::Contact { id: Some(name.to_owned()), name: name.to_owned() },
        emoji: emoji.map(str::to_owned),
        at: at(1),
    };
    let reactions = vec![reaction("ann", Some("👍")), reaction("bo", None)];
    let message = Message { reactions, ..message(MessageType::Text, Body::default()) };
    let expected = json!([{ "emoji": "👍", "by": { "kind": "contact", "id": "ann", "name": "ann" } }]);
    assert_eq!(shown(&message)["reactions"], expected);
}

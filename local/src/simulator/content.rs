//! What a message says, judged as WhatsApp judges it: what it would refuse at once is refused here in its words.
//! [Message object](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages#message-object).

use serde_json::{Map, Value};

use super::files::Attached;
use super::refusal::Refusal;

/// Longest body of a text, in characters.
pub(super) const TEXT_MAX: usize = 4_096;

/// What may be sent at any time.
pub(super) const TEMPLATE: &str = "template";

/// What a phone shows of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) kind: String,
    /// The words; of what has none, what stands for it.
    pub(super) text: String,
    /// The message that a reaction is on.
    pub(super) on: Option<String>,
    /// What it carries; then `text` is its caption.
    pub(super) file: Option<Attached>,
    /// A place, cards, or what can be pressed, as the request has it: the phone draws it.
    pub(super) object: Option<Value>,
}

/// The content of a request's own type. `templates` are those of the business account; `file` looks up what an object of a
/// kind of file names.
pub(super) fn content(
    request: &Map<String, Value>,
    templates: &[Value],
    file: impl Fn(&str, &Value) -> Result<Attached, Refusal>,
) -> Result<Content, Refusal> {
    let kind = request.get("type").and_then(Value::as_str).unwrap_or("text");
    let object = request.get(kind).ok_or_else(|| Refusal::missing(kind))?;
    let said = |text: String| Content { kind: kind.to_owned(), text, on: None, file: None, object: None };
    let drawn = |text: String| Content { object: Some(object.clone()), ..said(text) };
    match kind {
        "text" => text(object).map(said),
        "location" => location(object).map(drawn),
        "contacts" => contacts(object).map(drawn),
        "interactive" => super::interactive::judged(object).map(drawn),
        TEMPLATE => {
            super::templates::judged(object, templates, file).map(|(text, file)| Content { file, ..said(text) })
        }
        "reaction" => {
            let on = word(object, "message_id").ok_or_else(|| Refusal::missing("reaction['message_id']"))?;
            if request.contains_key("context") {
                return Err(Refusal::invalid("Param context is not allowed for reactions"));
            }
            let emoji = object.get("emoji").and_then(Value::as_str).unwrap_or_default();
            Ok(Content { on: Some(on.to_owned()), ..said(emoji.to_owned()) })
        }
        _ => Err(Refusal::value("Messages of this type are not simulated")),
    }
}

fn text(object: &Value) -> Result<String, Refusal> {
    let body = object.get("body").and_then(Value::as_str).ok_or_else(|| Refusal::missing("text['body']"))?;
    match body.chars().count() {
        _ if body.trim().is_empty() => Err(Refusal::invalid("Param text['body'] must be a non-empty string.")),
        1..=TEXT_MAX => Ok(body.to_owned()),
        _ => Err(Refusal::invalid("Param text['body'] must be at most 4096 characters long.")),
    }
}

fn location(object: &Value) -> Result<String, Refusal> {
    for (field, max) in [("latitude", 90.0), ("longitude", 180.0)] {
        let degrees = object.get(field).and_then(Value::as_f64);
        let degrees = degrees.ok_or_else(|| Refusal::missing(&format!("location['{field}']")))?;
        if degrees.abs() > max {
            return Err(Refusal::value(&format!("Param location['{field}'] must be between -{max} and {max}")));
        }
    }
    let named = word(object, "name").or_else(|| word(object, "address"));
    Ok(named.map_or_else(|| format!("{}, {}", object["latitude"], object["longitude"]), str::to_owned))
}

fn contacts(object: &Value) -> Result<String, Refusal> {
    let cards = object.as_array().filter(|cards| !cards.is_empty()).ok_or_else(|| Refusal::missing("contacts"))?;
    let mut names = Vec::new();
    for card in cards {
        let name = card.get("name").ok_or_else(|| Refusal::missing("contacts['name']"))?;
        let whole = word(name, "formatted_name");
        names.push(whole.ok_or_else(|| Refusal::missing("contacts['name']['formatted_name']"))?);
        let pieces = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        if !pieces.iter().any(|piece| word(name, piece).is_some()) {
            return Err(Refusal::value("At least one optional name component must be set"));
        }
    }
    Ok(names.join(", "))
}

/// A field that says something.
pub(super) fn word<'a>(object: &'a Value, field: &str) -> Option<&'a str> {
    object.get(field).and_then(Value::as_str).filter(|word| !word.trim().is_empty())
}

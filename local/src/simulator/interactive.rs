//! Interactive messages, judged as WhatsApp judges them.
//! [Interactive object](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages#interactive-object).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::content::word;
use super::refusal::Refusal;

/// What the phone shows: the words, and what may be pressed.
pub(super) fn judged(object: &Value) -> Result<String, Refusal> {
    let kind = word(object, "type").ok_or_else(|| Refusal::missing("interactive['type']"))?;
    let body_max = if kind == "list" { 4_096 } else { 1_024 };
    let body = within(&object["body"], "text", "body", body_max)?;
    for part in ["header", "footer"] {
        if let Some(part_of) = object.get(part) {
            within(part_of, "text", part, 60)?;
        }
    }
    let action = object.get("action").ok_or_else(|| Refusal::missing("interactive['action']"))?;
    let choices = match kind {
        "button" => buttons(action)?,
        "list" => rows(action)?,
        "cta_url" => link(action)?,
        _ => return Err(Refusal::value("Interactive messages of this type are not simulated")),
    };
    Ok(format!("{body}\n{}", choices.iter().map(|choice| format!("▢ {choice}")).collect::<Vec<_>>().join("\n")))
}

fn buttons(action: &Value) -> Result<Vec<String>, Refusal> {
    let buttons = list(action, "buttons", 3)?;
    let mut ids = BTreeSet::new();
    let mut titles = Vec::new();
    for button in buttons {
        let reply = &button["reply"];
        if !ids.insert(within(reply, "id", "button id", 256)?) {
            return Err(Refusal::value("Duplicated button ids"));
        }
        titles.push(within(reply, "title", "button title", 20)?);
    }
    Ok(titles)
}

fn rows(action: &Value) -> Result<Vec<String>, Refusal> {
    within(action, "button", "button", 20)?;
    let sections = list(action, "sections", 10)?;
    let mut ids = BTreeSet::new();
    let mut titles = Vec::new();
    for section in sections {
        if sections.len() > 1 || section.get("title").is_some() {
            within(section, "title", "section title", 24)?;
        }
        for row in list(section, "rows", 10)? {
            if !ids.insert(within(row, "id", "row id", 200)?) {
                return Err(Refusal::value("Duplicated row ids"));
            }
            if row.get("description").is_some() {
                within(row, "description", "row description", 72)?;
            }
            titles.push(within(row, "title", "row title", 24)?);
        }
    }
    if titles.len() > 10 {
        return Err(Refusal::value("Total row count exceed max allowed count: 10"));
    }
    Ok(titles)
}

fn link(action: &Value) -> Result<Vec<String>, Refusal> {
    if action["name"] != "cta_url" {
        return Err(Refusal::value("Param action['name'] must be cta_url"));
    }
    let title = within(&action["parameters"], "display_text", "display_text", 20)?;
    let url = within(&action["parameters"], "url", "url", 2_000)?;
    if url.starts_with("https://") || url.starts_with("http://") {
        Ok(vec![format!("{title} ↗")])
    } else {
        Err(Refusal::value("Param url is not a valid URL"))
    }
}

/// The button or row of this id: its title, and the `interactive` object of the webhook that tells of it.
/// [Webhook](https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages/interactive).
pub(super) fn choice(object: &Value, id: &str) -> Option<(String, Value)> {
    let action = &object["action"];
    let all = |object: &Value, field: &str| object[field].as_array().cloned().unwrap_or_default();
    let buttons = all(action, "buttons").into_iter().map(|button| ("button_reply", button["reply"].clone()));
    let sections = all(action, "sections");
    let rows = sections.iter().flat_map(|section| all(section, "rows")).map(|row| ("list_reply", row));
    let (kind, chosen) = buttons.chain(rows).find(|(_, one)| one["id"] == id)?;
    Some((word(&chosen, "title")?.to_owned(), json!({ "type": kind, kind: chosen })))
}

fn list<'a>(object: &'a Value, field: &str, max: usize) -> Result<&'a Vec<Value>, Refusal> {
    let entries = object.get(field).and_then(Value::as_array).filter(|entries| !entries.is_empty());
    let entries = entries.ok_or_else(|| Refusal::missing(field))?;
    if entries.len() > max {
        return Err(Refusal::value(&format!("Param {field} may have at most {max} entries")));
    }
    Ok(entries)
}

/// Words that are there and not too long.
fn within(object: &Value, field: &str, what: &str, max: usize) -> Result<String, Refusal> {
    let text = word(object, field).ok_or_else(|| Refusal::missing(what))?;
    if text.chars().count() > max {
        return Err(Refusal::value(&format!("The {what} may have at most {max} characters")));
    }
    Ok(text.to_owned())
}

//! Buttons, a list, a link: [reply buttons](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages),
//! [lists](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages),
//! [links](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-cta-url-messages).

use channel::Invalid;
use domain::body::{Interactive, LinkButton, ListSection, ReplyButtons, ReplyList};
use serde_json::{Value, json};

use super::limits::{count, filled, filled_if, invalid, unique};

/// Longest words above buttons or a link, in characters.
const BODY_MAX: usize = 1_024;
/// … and above a list.
const LIST_BODY_MAX: usize = 4_096;
const HEADER_MAX: usize = 60;
const FOOTER_MAX: usize = 60;
const BUTTONS_MAX: usize = 3;
/// Longest words on anything that is pressed, in characters.
const BUTTON_MAX: usize = 20;
const BUTTON_ID_MAX: usize = 256;
const SECTIONS_MAX: usize = 10;
/// Over all sections of a list.
const ROWS_MAX: usize = 10;
const SECTION_TITLE_MAX: usize = 24;
const ROW_TITLE_MAX: usize = 24;
const ROW_DESCRIPTION_MAX: usize = 72;
const ROW_ID_MAX: usize = 200;
/// Longest address that we pass on, in characters.
const URL_MAX: usize = 2_000;

/// `None` for what only customers send.
pub(super) fn payload(text: &str, offer: &Interactive) -> Option<Value> {
    let (kind, header, footer, action) = match offer {
        Interactive::Buttons(offer) => ("button", &offer.header, &offer.footer, buttons(offer)),
        Interactive::List(offer) => ("list", &offer.header, &offer.footer, list(offer)),
        Interactive::CtaUrl(offer) => ("cta_url", &offer.header, &offer.footer, link(offer)),
        Interactive::ButtonReply { .. }
        | Interactive::TemplateButton { .. }
        | Interactive::ListReply { .. }
        | Interactive::FlowReply { .. }
        | Interactive::CallPermissionReply { .. } => return None,
    };
    let mut payload = json!({ "type": kind, "body": { "text": text }, "action": action });
    if let Some(text) = header {
        payload["header"] = json!({ "type": "text", "text": text });
    }
    if let Some(text) = footer {
        payload["footer"] = json!({ "text": text });
    }
    Some(payload)
}

fn buttons(offer: &ReplyButtons) -> Value {
    let buttons = offer.buttons.iter().map(|b| json!({ "type": "reply", "reply": { "id": b.id, "title": b.title } }));
    json!({ "buttons": buttons.collect::<Vec<_>>() })
}

/// Rows and sections are written as WhatsApp names them, which is as we do.
fn list(offer: &ReplyList) -> Value {
    json!({ "button": offer.button, "sections": offer.sections })
}

fn link(offer: &LinkButton) -> Value {
    json!({ "name": "cta_url", "parameters": { "display_text": offer.title, "url": offer.url } })
}

pub(super) fn check(text: &str, offer: &Interactive) -> Result<(), Invalid> {
    match offer {
        Interactive::Buttons(offer) => {
            frame(text, BODY_MAX, offer.header.as_deref(), offer.footer.as_deref())?;
            check_buttons(offer)
        }
        Interactive::List(offer) => {
            frame(text, LIST_BODY_MAX, offer.header.as_deref(), offer.footer.as_deref())?;
            filled("interactive.button", &offer.button, BUTTON_MAX)?;
            check_sections(&offer.sections)
        }
        Interactive::CtaUrl(offer) => {
            frame(text, BODY_MAX, offer.header.as_deref(), offer.footer.as_deref())?;
            filled("interactive.title", &offer.title, BUTTON_MAX)?;
            check_url(&offer.url)
        }
        Interactive::ButtonReply { .. }
        | Interactive::TemplateButton { .. }
        | Interactive::ListReply { .. }
        | Interactive::FlowReply { .. }
        | Interactive::CallPermissionReply { .. } => {
            Err(invalid("interactive.type", "invalid", "Only customers send this."))
        }
    }
}

fn frame(text: &str, max: usize, header: Option<&str>, footer: Option<&str>) -> Result<(), Invalid> {
    filled("text", text, max)?;
    filled_if("interactive.header", header, HEADER_MAX)?;
    filled_if("interactive.footer", footer, FOOTER_MAX)
}

fn check_buttons(offer: &ReplyButtons) -> Result<(), Invalid> {
    count("interactive.buttons", offer.buttons.len(), BUTTONS_MAX)?;
    for (n, button) in offer.buttons.iter().enumerate() {
        check_id(&format!("interactive.buttons[{n}].id"), &button.id, BUTTON_ID_MAX)?;
        filled(&format!("interactive.buttons[{n}].title"), &button.title, BUTTON_MAX)?;
    }
    let named = || offer.buttons.iter().enumerate();
    unique(named().map(|(n, b)| (format!("interactive.buttons[{n}].id"), b.id.as_str())))?;
    unique(named().map(|(n, b)| (format!("interactive.buttons[{n}].title"), b.title.as_str())))
}

fn check_sections(sections: &[ListSection]) -> Result<(), Invalid> {
    count("interactive.sections", sections.len(), SECTIONS_MAX)?;
    let rows = sections.iter().map(|section| section.rows.len()).sum();
    count("interactive.sections", rows, ROWS_MAX)?;
    for (s, section) in sections.iter().enumerate() {
        let at = format!("interactive.sections[{s}]");
        filled_if(&format!("{at}.title"), section.title.as_deref(), SECTION_TITLE_MAX)?;
        if section.title.is_none() && sections.len() > 1 {
            return Err(invalid(format!("{at}.title"), "missing", "Of several sections each needs a title."));
        }
        count(&format!("{at}.rows"), section.rows.len(), ROWS_MAX)?;
        for (r, row) in section.rows.iter().enumerate() {
            check_id(&format!("{at}.rows[{r}].id"), &row.id, ROW_ID_MAX)?;
            filled(&format!("{at}.rows[{r}].title"), &row.title, ROW_TITLE_MAX)?;
            filled_if(&format!("{at}.rows[{r}].description"), row.description.as_deref(), ROW_DESCRIPTION_MAX)?;
        }
    }
    let rows = sections.iter().enumerate().flat_map(|(s, section)| {
        let field = move |r| format!("interactive.sections[{s}].rows[{r}].id");
        section.rows.iter().enumerate().map(move |(r, row)| (field(r), row.id.as_str()))
    });
    unique(rows)
}

/// WhatsApp takes no space at either end of an id.
fn check_id(field: &str, id: &str, max: usize) -> Result<(), Invalid> {
    filled(field, id, max)?;
    if id.trim() == id { Ok(()) } else { Err(invalid(field, "invalid", "No space may stand at either end.")) }
}

fn check_url(url: &str) -> Result<(), Invalid> {
    filled("interactive.url", url, URL_MAX)?;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let sound = !host.is_empty() && !url.chars().any(|c| c.is_whitespace() || c.is_control());
    if sound { Ok(()) } else { Err(invalid("interactive.url", "invalid", "An address begins with https://.")) }
}

#[cfg(test)]
mod tests;

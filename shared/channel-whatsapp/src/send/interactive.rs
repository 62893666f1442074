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
mod tests {
    use domain::body::{ListRow, ReplyButton};

    use super::*;

    fn long(n: usize) -> String {
        "é".repeat(n)
    }

    fn offer(buttons: &[(&str, &str)]) -> ReplyButtons {
        let button = |(id, title): &(&str, &str)| ReplyButton { id: (*id).to_owned(), title: (*title).to_owned() };
        ReplyButtons { header: None, footer: None, buttons: buttons.iter().map(button).collect() }
    }

    fn section(title: Option<&str>, rows: &[(&str, &str)]) -> ListSection {
        let row = |(id, title): &(&str, &str)| ListRow {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            description: None,
        };
        ListSection { title: title.map(str::to_owned), rows: rows.iter().map(row).collect() }
    }

    fn chosen_of(sections: Vec<ListSection>) -> Interactive {
        Interactive::List(ReplyList { header: None, footer: None, button: "Sizes".to_owned(), sections })
    }

    fn page(title: &str, url: &str) -> Interactive {
        let (header, footer) = (Some("Order".to_owned()), None);
        Interactive::CtaUrl(LinkButton { header, footer, title: title.to_owned(), url: url.to_owned() })
    }

    fn refused(text: &str, offer: &Interactive) -> Option<(String, &'static str)> {
        check(text, offer).err().map(|why| (why.field, why.code))
    }

    #[test]
    fn buttons_a_list_and_a_link_are_written_as_whatsapp_reads_them() {
        let buttons = ReplyButtons {
            header: Some("Order".to_owned()),
            footer: Some("Shop".to_owned()),
            ..offer(&[("y", "Yes")])
        };
        assert_eq!(
            payload("Confirm?", &Interactive::Buttons(buttons)),
            Some(json!({
                "type": "button", "header": { "type": "text", "text": "Order" }, "body": { "text": "Confirm?" }, "footer": { "text": "Shop" },
                "action": { "buttons": [{ "type": "reply", "reply": { "id": "y", "title": "Yes" } }] },
            }))
        );
        let mut tops = section(Some("Tops"), &[("s", "Small")]);
        tops.rows[0].description = Some("20 cm".to_owned());
        assert_eq!(
            payload("Pick a size", &chosen_of(vec![tops])),
            Some(json!({
                "type": "list", "body": { "text": "Pick a size" },
                "action": { "button": "Sizes", "sections": [
                    { "title": "Tops", "rows": [{ "id": "s", "title": "Small", "description": "20 cm" }] },
                ] },
            }))
        );
        assert_eq!(
            payload("Track it", &page("Open", "https://example.jp/t/1")),
            Some(json!({
                "type": "cta_url", "header": { "type": "text", "text": "Order" }, "body": { "text": "Track it" },
                "action": { "name": "cta_url", "parameters": { "display_text": "Open", "url": "https://example.jp/t/1" } },
            }))
        );
        let reply = Interactive::ButtonReply { id: "y".to_owned(), title: "Yes".to_owned() };
        assert_eq!(payload("x", &reply), None);
    }

    #[test]
    fn what_is_within_every_limit_is_taken() {
        let (id, title) = (long(256), long(20));
        let mut full = offer(&[(&id, &title), ("b", "B"), ("c", "C")]);
        (full.header, full.footer) = (Some(long(60)), Some(long(60)));
        assert_eq!(refused(&long(1_024), &Interactive::Buttons(full)), None);
        let (id, title) = (long(200), long(24));
        let mut sections: Vec<_> = (0..10).map(|n| section(Some(&title), &[(&n.to_string(), &title)])).collect();
        sections[0].rows[0] = ListRow { id, title, description: Some(long(72)) };
        assert_eq!(refused(&long(4_096), &chosen_of(sections)), None);
        assert_eq!(refused("x", &page(&long(20), "https://example.jp")), None);
    }

    #[test]
    fn each_limit_is_refused_with_its_field() {
        let buttons = |given: &[(&str, &str)]| Interactive::Buttons(offer(given));
        let framed = |header: Option<String>, footer: Option<String>| {
            Interactive::Buttons(ReplyButtons { header, footer, ..offer(&[("a", "A")]) })
        };
        let sections = |given: &[ListSection]| chosen_of(given.to_vec());
        let (l20, l24, l72, l200, l256, l60) = (long(21), long(25), long(73), long(201), long(257), long(61));
        let mut described = section(None, &[("a", "A")]);
        described.rows[0].description = Some(l72);
        let eleven: Vec<_> = (0..11).map(|n| section(Some("S"), &[(n.to_string().leak() as &str, "R")])).collect();
        let rows: Vec<_> = (0..11).map(|n| (n.to_string().leak() as &str, "R")).collect();
        let ok = buttons(&[("a", "A")]);
        for (text, offer, field, code) in [
            (" ", ok.clone(), "text", "empty"),
            (long(1_025).as_str(), ok, "text", "too_long"),
            ("x", framed(Some(l60.clone()), None), "interactive.header", "too_long"),
            ("x", framed(Some(String::new()), None), "interactive.header", "empty"),
            ("x", framed(None, Some(l60)), "interactive.footer", "too_long"),
            ("x", buttons(&[]), "interactive.buttons", "empty"),
            ("x", buttons(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]), "interactive.buttons", "too_many"),
            ("x", buttons(&[("a", "A"), ("b", &l20)]), "interactive.buttons[1].title", "too_long"),
            ("x", buttons(&[("a", "")]), "interactive.buttons[0].title", "empty"),
            ("x", buttons(&[(&l256, "A")]), "interactive.buttons[0].id", "too_long"),
            ("x", buttons(&[(" a", "A")]), "interactive.buttons[0].id", "invalid"),
            ("x", buttons(&[("a", "A"), ("a", "B")]), "interactive.buttons[1].id", "duplicate"),
            ("x", buttons(&[("a", "A"), ("b", "A")]), "interactive.buttons[1].title", "duplicate"),
            (long(4_097).as_str(), sections(&[section(None, &[("a", "A")])]), "text", "too_long"),
            ("x", sections(&[]), "interactive.sections", "empty"),
            ("x", sections(&eleven), "interactive.sections", "too_many"),
            ("x", sections(&[section(None, &rows)]), "interactive.sections", "too_many"),
            (
                "x",
                sections(&[section(Some("A"), &[("a", "A")]), section(None, &[("b", "B")])]),
                "interactive.sections[1].title",
                "missing",
            ),
            ("x", sections(&[section(Some(&l24), &[("a", "A")])]), "interactive.sections[0].title", "too_long"),
            ("x", sections(&[section(None, &[("a", &l24)])]), "interactive.sections[0].rows[0].title", "too_long"),
            ("x", sections(&[section(None, &[(&l200, "A")])]), "interactive.sections[0].rows[0].id", "too_long"),
            ("x", sections(&[described]), "interactive.sections[0].rows[0].description", "too_long"),
            (
                "x",
                sections(&[section(None, &[("a", "A"), ("a", "B")])]),
                "interactive.sections[0].rows[1].id",
                "duplicate",
            ),
            ("x", page(&l20, "https://example.jp"), "interactive.title", "too_long"),
            ("x", page("Open", "javascript:alert(1)"), "interactive.url", "invalid"),
            ("x", page("Open", "https:// example.jp"), "interactive.url", "invalid"),
        ] {
            assert_eq!(refused(text, &offer), Some((field.to_owned(), code)), "{offer:?}");
        }
    }
}

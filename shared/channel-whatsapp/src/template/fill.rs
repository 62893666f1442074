//! Fills a template in: every place once, nothing else, each wrong one named.

use std::collections::BTreeMap;

use channel::Invalid;
use domain::body::{ButtonParameter, ButtonParameterKind, Filling, Location, TemplateDetails, TextParameter};
use domain::template::{ParameterFormat, Template, TemplateButton, TemplateHeader, TemplateStatus};
use domain::{Attachment, MessageType};

use super::places::{filled, places};
use crate::send::limits::{filled as has_text, invalid};
use crate::send::{file, location};

/// Longest body once it is filled in, in characters.
/// [Components](https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components).
const BODY_MAX: usize = 1_024;
/// Longest header once it is filled in, in characters.
const HEADER_MAX: usize = 60;
/// Longest code that a button copies, in characters.
const CODE_MAX: usize = 20;
/// Longest one-time code, in characters. [Limit](https://docs.ycloud.com/docs/message-templates-authentication).
const ONE_TIME_CODE_MAX: usize = 15;
/// Longest end of an address, in characters.
const URL_END_MAX: usize = 2_000;
/// Longest payload of an answer, in characters.
const PAYLOAD_MAX: usize = 256;

/// Where a send names the header's file.
const UPLOAD: &str = "parameters.media.upload_id";

/// What fills a template in: places by their names (`1`, `first_name`), buttons by their place from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    pub header: BTreeMap<String, String>,
    pub location: Option<Location>,
    /// As it lies in the bucket.
    pub file: Option<Attachment>,
    pub body: BTreeMap<String, String>,
    pub buttons: BTreeMap<String, String>,
}

/// The words of the body as the customer reads them, and all else of the message. Fields are named from the part on.
pub fn fill(template: &Template, given: &Given) -> Result<(String, TemplateDetails), Invalid> {
    sendable(template)?;
    let mut filling = Filling::default();
    header_file(template, given.file.as_ref())?;
    let header = header(template, given, &mut filling)?;
    filling.body = texts(template, &template.body, &given.body, "parameters.body")?;
    let text = filled(&template.body, |name| value(&given.body, name));
    if text.chars().count() > BODY_MAX {
        return Err(invalid(
            "parameters.body",
            "too_long",
            format!("Filled in, it has more than {BODY_MAX} characters."),
        ));
    }
    filling.buttons = buttons(template, given)?;
    let details = TemplateDetails {
        name: template.name.clone(),
        language: template.language.clone(),
        category: template.category,
        header,
        location: given.location.clone(),
        footer: template.footer.clone(),
        buttons: template.buttons.iter().map(|button| button.text().to_owned()).collect(),
        filling,
    };
    Ok((text, details))
}

fn sendable(template: &Template) -> Result<(), Invalid> {
    if template.status != TemplateStatus::Approved {
        return Err(invalid("name", "template_not_approved", "The channel does not let this template be sent now."));
    }
    let strange = template.header == Some(TemplateHeader::Other)
        || template.buttons.iter().any(|button| matches!(button, TemplateButton::Other { .. }));
    if template.has_more || strange {
        let message = "It has parts that cannot be filled in from here, as the cards of a carousel or a form.";
        return Err(invalid("name", "template_unsupported", message));
    }
    Ok(())
}

/// A picture, a video or a document where the template shows one, and within WhatsApp's limits of its kind.
fn header_file(template: &Template, given: Option<&Attachment>) -> Result<(), Invalid> {
    let shown = template.header.as_ref().and_then(shown_file);
    match (shown, given) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(unknown("parameters.media")),
        (Some((_, word)), None) => {
            Err(invalid("parameters.media", "missing", format!("This template shows a {word}.")))
        }
        (Some((kind, word)), Some(file)) if file.kind != kind => {
            Err(invalid(UPLOAD, "type_not_taken", format!("This template shows a {word}.")))
        }
        (Some(_), Some(file)) => file::check(file, None).map_err(|why| Invalid { field: UPLOAD.to_owned(), ..why }),
    }
}

/// The kind of file that a header shows, and how people call it.
pub(super) fn shown_file(header: &TemplateHeader) -> Option<(MessageType, &'static str)> {
    match header {
        TemplateHeader::Image => Some((MessageType::Image, "picture")),
        TemplateHeader::Video => Some((MessageType::Video, "video")),
        TemplateHeader::Document => Some((MessageType::File, "document")),
        TemplateHeader::Text { .. } | TemplateHeader::Location | TemplateHeader::Other => None,
    }
}

/// The header's words, filled in.
fn header(template: &Template, given: &Given, filling: &mut Filling) -> Result<Option<String>, Invalid> {
    match (&template.header, &given.location) {
        (Some(TemplateHeader::Location), Some(place)) => {
            location::check(place)
                .map_err(|why| Invalid { field: format!("parameters.location.{}", why.field), ..why })?;
        }
        (Some(TemplateHeader::Location), None) => {
            return Err(invalid("parameters.location", "missing", "This template shows a place."));
        }
        (_, Some(_)) => return Err(unknown("parameters.location")),
        (_, None) => {}
    }
    let Some(TemplateHeader::Text { text }) = &template.header else {
        return texts(template, "", &given.header, "parameters.header").map(|_| None);
    };
    filling.header = texts(template, text, &given.header, "parameters.header")?;
    let header = filled(text, |name| value(&given.header, name));
    if header.chars().count() > HEADER_MAX {
        let message = format!("Filled in, it has more than {HEADER_MAX} characters.");
        return Err(invalid("parameters.header", "too_long", message));
    }
    Ok(Some(header))
}

fn value(given: &BTreeMap<String, String>, name: &str) -> String {
    given.get(name).cloned().unwrap_or_default()
}

/// A parameter for each place, in their order.
fn texts(
    template: &Template,
    text: &str,
    given: &BTreeMap<String, String>,
    at: &str,
) -> Result<Vec<TextParameter>, Invalid> {
    let mut names = places(text);
    if let Some(name) = given.keys().find(|name| !names.contains(&name.as_str())) {
        return Err(unknown(&format!("{at}.{name}")));
    }
    if template.parameter_format == ParameterFormat::Positional {
        names.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    }
    names.into_iter().map(|name| parameter(template.parameter_format, name, given, at)).collect()
}

fn parameter(
    format: ParameterFormat,
    name: &str,
    given: &BTreeMap<String, String>,
    at: &str,
) -> Result<TextParameter, Invalid> {
    let field = format!("{at}.{name}");
    let text = given.get(name).ok_or_else(|| invalid(&field, "missing", "The template has this place to fill in."))?;
    has_text(&field, text, BODY_MAX)?;
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        let message = "No line break, no tab and no more than four spaces in a row.";
        return Err(invalid(field, "invalid", message));
    }
    let name = (format == ParameterFormat::Named).then(|| name.to_owned());
    Ok(TextParameter { name, text: text.clone() })
}

fn buttons(template: &Template, all: &Given) -> Result<Vec<ButtonParameter>, Invalid> {
    let (buttons, given) = (&template.buttons, &all.buttons);
    let mut parameters = Vec::new();
    for (index, button) in buttons.iter().enumerate() {
        let field = format!("parameters.buttons.{index}");
        let given = given.get(&index.to_string());
        let (kind, max, needed) = match button {
            TemplateButton::QuickReply { .. } => (ButtonParameterKind::QuickReply, PAYLOAD_MAX, false),
            TemplateButton::Url { url, .. } if !places(url).is_empty() => (ButtonParameterKind::Url, URL_END_MAX, true),
            TemplateButton::CopyCode { .. } => (ButtonParameterKind::CopyCode, CODE_MAX, true),
            TemplateButton::OneTimeCode { .. } => {
                let value = one_time_code(template, all)?;
                if given.is_some_and(|given| *given != value) {
                    return Err(invalid(field, "invalid", "The button copies the code that the body tells."));
                }
                // To WhatsApp it is the end of an address.
                parameters.push(ButtonParameter { index, kind: ButtonParameterKind::Url, value });
                continue;
            }
            TemplateButton::Url { .. } | TemplateButton::PhoneNumber { .. } | TemplateButton::Other { .. } => {
                if given.is_some() {
                    return Err(unknown(&field));
                }
                continue;
            }
        };
        let Some(value) = given else {
            if needed {
                return Err(invalid(field, "missing", "This button has a place to fill in."));
            }
            continue;
        };
        has_text(&field, value, max)?;
        if kind == ButtonParameterKind::Url && value.contains(char::is_whitespace) {
            return Err(invalid(field, "invalid", "An address has no spaces."));
        }
        parameters.push(ButtonParameter { index, kind, value: value.clone() });
    }
    let known = |index: &str| index.parse::<usize>().is_ok_and(|n| n < buttons.len() && n.to_string() == index);
    match given.keys().find(|index| !known(index)) {
        Some(index) => Err(unknown(&format!("parameters.buttons.{index}"))),
        None => Ok(parameters),
    }
}

/// The code that the body tells: WhatsApp wants it for the button once more, and we are told it once.
fn one_time_code(template: &Template, given: &Given) -> Result<String, Invalid> {
    let Some(name) = places(&template.body).first().copied() else {
        return Err(invalid("name", "template_unsupported", "Its body has no place for the code."));
    };
    let code = value(&given.body, name);
    has_text(&format!("parameters.body.{name}"), &code, ONE_TIME_CODE_MAX)?;
    Ok(code)
}

fn unknown(field: &str) -> Invalid {
    invalid(field, "unknown_parameter", "The template has no such place.")
}

#[cfg(test)]
mod tests;

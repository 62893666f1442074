//! What fills buttons in: the end of an address, a code, the answer that comes back.

use std::collections::BTreeMap;

use channel::Invalid;
use domain::body::{ButtonParameter, ButtonParameterKind};
use domain::template::{Template, TemplateButton};

use super::words::value;
use super::{Given, unknown};
use crate::send::limits::{filled as has_text, invalid};
use crate::template::places::places;

/// Longest code that a button copies, in characters.
const CODE_MAX: usize = 20;
/// Longest one-time code, in characters. [Limit](https://docs.ycloud.com/docs/message-templates-authentication).
const ONE_TIME_CODE_MAX: usize = 15;
/// Longest end of an address, in characters.
const URL_END_MAX: usize = 2_000;
/// Longest payload of an answer, in characters.
const PAYLOAD_MAX: usize = 256;

/// Those below the template's body.
pub(super) fn buttons(template: &Template, given: &Given) -> Result<Vec<ButtonParameter>, Invalid> {
    let at = "parameters.buttons";
    let mut parameters = filled_in(at, &template.buttons, &given.buttons)?;
    for (index, button) in template.buttons.iter().enumerate() {
        if matches!(button, TemplateButton::OneTimeCode { .. }) {
            let value = one_time_code(template, given)?;
            if given.buttons.get(&index.to_string()).is_some_and(|given| *given != value) {
                let message = "The button copies the code that the body tells.";
                return Err(invalid(format!("{at}.{index}"), "invalid", message));
            }
            // To WhatsApp it is the end of an address.
            parameters.push(ButtonParameter { index, kind: ButtonParameterKind::Url, value });
        }
    }
    parameters.sort_by_key(|parameter| parameter.index);
    Ok(parameters)
}

/// All but those that copy what the body tells.
pub(super) fn filled_in(
    at: &str,
    buttons: &[TemplateButton],
    given: &BTreeMap<String, String>,
) -> Result<Vec<ButtonParameter>, Invalid> {
    let known = |index: &str| index.parse::<usize>().is_ok_and(|n| n < buttons.len() && n.to_string() == index);
    if let Some(index) = given.keys().find(|index| !known(index)) {
        return Err(unknown(&format!("{at}.{index}")));
    }
    let mut parameters = Vec::new();
    for (index, button) in buttons.iter().enumerate() {
        let field = format!("{at}.{index}");
        parameters.extend(parameter(&field, index, button, given.get(&index.to_string()))?);
    }
    Ok(parameters)
}

fn parameter(
    field: &str,
    index: usize,
    button: &TemplateButton,
    given: Option<&String>,
) -> Result<Option<ButtonParameter>, Invalid> {
    let (kind, max, needed) = match button {
        TemplateButton::QuickReply { .. } => (ButtonParameterKind::QuickReply, PAYLOAD_MAX, false),
        TemplateButton::Url { url, .. } if !places(url).is_empty() => (ButtonParameterKind::Url, URL_END_MAX, true),
        TemplateButton::CopyCode { .. } => (ButtonParameterKind::CopyCode, CODE_MAX, true),
        TemplateButton::OneTimeCode { .. } => return Ok(None),
        TemplateButton::Url { .. } | TemplateButton::PhoneNumber { .. } | TemplateButton::Other { .. } => {
            return given.map_or(Ok(None), |_| Err(unknown(field)));
        }
    };
    let Some(value) = given else {
        let missing = || invalid(field, "missing", "This button has a place to fill in.");
        return if needed { Err(missing()) } else { Ok(None) };
    };
    has_text(field, value, max)?;
    if kind == ButtonParameterKind::Url && value.contains(char::is_whitespace) {
        return Err(invalid(field, "invalid", "An address has no spaces."));
    }
    Ok(Some(ButtonParameter { index, kind, value: value.clone() }))
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

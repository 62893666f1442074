//! The places of a text, filled in: what is sent, and how it reads.

use std::collections::BTreeMap;

use channel::Invalid;
use domain::body::TextParameter;
use domain::template::ParameterFormat;

use super::{BODY_MAX, unknown};
use crate::send::limits::{filled as has_text, invalid};
use crate::template::places::{filled, places};

/// The words as the customer reads them, `max` characters at most.
pub(super) fn said(at: &str, text: &str, given: &BTreeMap<String, String>, max: usize) -> Result<String, Invalid> {
    let said = filled(text, |name| value(given, name));
    if said.chars().count() > max {
        return Err(invalid(at, "too_long", format!("Filled in, it has more than {max} characters.")));
    }
    Ok(said)
}

pub(super) fn value(given: &BTreeMap<String, String>, name: &str) -> String {
    given.get(name).cloned().unwrap_or_default()
}

/// A parameter for each place, in their order.
pub(super) fn texts(
    at: &str,
    format: ParameterFormat,
    text: &str,
    given: &BTreeMap<String, String>,
) -> Result<Vec<TextParameter>, Invalid> {
    let mut names = places(text);
    if let Some(name) = given.keys().find(|name| !names.contains(&name.as_str())) {
        return Err(unknown(&format!("{at}.{name}")));
    }
    if format == ParameterFormat::Positional {
        names.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    }
    names.into_iter().map(|name| parameter(at, format, name, given)).collect()
}

fn parameter(
    at: &str,
    format: ParameterFormat,
    name: &str,
    given: &BTreeMap<String, String>,
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

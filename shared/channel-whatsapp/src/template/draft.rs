//! A new template, checked as far as WhatsApp's limits are known before it is handed in; the rest is WhatsApp's review.
//! [Components](https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components).

use std::collections::BTreeMap;

use channel::Invalid;
use domain::template::{ParameterFormat, TemplateButton, TemplateCategory, TemplateHeader};
use serde_json::{Map, Value, json};

use super::example::HeaderFile;
use super::places::{filled as filled_in, places};
use crate::send::limits::{filled, filled_if, invalid};

const NAME_MAX: usize = 512;
const BODY_MAX: usize = 1_024;
const HEADER_MAX: usize = 60;
const FOOTER_MAX: usize = 60;
const BUTTONS_MAX: usize = 10;
const BUTTON_MAX: usize = 25;
const URL_MAX: usize = 2_000;
const PHONE_MAX: usize = 20;
const CODE_MAX: usize = 15;

/// What a new template is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateDraft {
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    pub header: Option<String>,
    /// In the header's place.
    pub file: Option<HeaderFile>,
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<TemplateButton>,
    /// For the reviewer: what each place may be filled in with, as in a send.
    pub examples: Examples,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examples {
    pub header: BTreeMap<String, String>,
    pub body: BTreeMap<String, String>,
    /// By a button's place, from 0.
    pub buttons: BTreeMap<String, String>,
}

impl TemplateDraft {
    /// How its places are called: by numbers, or all of them by names.
    pub fn format(&self) -> ParameterFormat {
        let named = self.names().any(|name| name.parse::<u32>().is_err());
        if named { ParameterFormat::Named } else { ParameterFormat::Positional }
    }

    /// The header as the channel will tell of it.
    pub(super) fn shown_header(&self) -> Option<TemplateHeader> {
        let text = || self.header.clone().map(|text| TemplateHeader::Text { text });
        self.file.as_ref().map(|file| file.format.clone()).or_else(text)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        places(&self.body).into_iter().chain(self.header.iter().flat_map(|header| places(header)))
    }

    pub fn check(&self) -> Result<(), Invalid> {
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        filled("name", &self.name, NAME_MAX)?;
        if !self.name.chars().all(sound) {
            return Err(invalid("name", "invalid", "Small letters, digits and underscores."));
        }
        filled("language", &self.language, 20)?;
        if !matches!(self.category, TemplateCategory::Marketing | TemplateCategory::Utility) {
            return Err(invalid("category", "invalid", "`marketing` or `utility`."));
        }
        filled_if("header", self.header.as_deref(), HEADER_MAX)?;
        filled("body", &self.body, BODY_MAX)?;
        filled_if("footer", self.footer.as_deref(), FOOTER_MAX)?;
        self.check_places()?;
        self.check_buttons()
    }

    fn check_places(&self) -> Result<(), Invalid> {
        let body = self.body.trim();
        if body.starts_with("{{") || body.ends_with("}}") {
            return Err(invalid("body", "invalid", "Words stand before the first place and after the last one."));
        }
        let format = self.format();
        let header = self.header.as_deref().unwrap_or_default();
        if places(header).len() > 1 {
            return Err(invalid("header", "too_many", "A header has one place at most."));
        }
        for (field, text, examples) in [("header", header, &self.examples.header), ("body", body, &self.examples.body)]
        {
            for (n, name) in sorted(text, format).into_iter().enumerate() {
                check_name(field, name, n, format)?;
                filled(&format!("examples.{field}.{name}"), examples.get(name).map_or("", String::as_str), BODY_MAX)?;
            }
        }
        Ok(())
    }

    fn check_buttons(&self) -> Result<(), Invalid> {
        if self.buttons.len() > BUTTONS_MAX {
            return Err(invalid("buttons", "too_many", format!("WhatsApp takes at most {BUTTONS_MAX}.")));
        }
        for (n, button) in self.buttons.iter().enumerate() {
            let at = format!("buttons[{n}]");
            filled(&format!("{at}.text"), button.text(), BUTTON_MAX)?;
            let example = self.examples.buttons.get(&n.to_string()).map_or("", String::as_str);
            match button {
                TemplateButton::QuickReply { .. } => {}
                TemplateButton::Url { url, .. } => {
                    let field = format!("{at}.url");
                    filled(&field, url, URL_MAX)?;
                    let ends = url.split_once("{{").is_none_or(|(_, rest)| rest.find("}}") == Some(rest.len() - 2));
                    if !url.starts_with("https://") || !ends {
                        let message = "An address begins with https:// and may end in one place.";
                        return Err(invalid(field, "invalid", message));
                    }
                    if !places(url).is_empty() {
                        filled(&format!("examples.buttons.{n}"), example, URL_MAX)?;
                    }
                }
                TemplateButton::PhoneNumber { phone_number, .. } => {
                    filled(&format!("{at}.phone_number"), phone_number, PHONE_MAX)?;
                }
                TemplateButton::CopyCode { .. } => filled(&format!("examples.buttons.{n}"), example, CODE_MAX)?,
                TemplateButton::OneTimeCode { .. } | TemplateButton::Other { .. } => {
                    return Err(invalid(format!("{at}.type"), "invalid", "Such a button cannot be made from here."));
                }
            }
        }
        Ok(())
    }

    /// What Graph is asked.
    pub(super) fn request(&self) -> Value {
        let format = self.format();
        let mut components = Vec::new();
        if let Some(HeaderFile { format, handle }) = &self.file {
            let format = format_word(format);
            components.push(json!({ "type": "HEADER", "format": format, "example": { "header_handle": [handle] } }));
        } else if let Some(text) = &self.header {
            let example = example("header_text", text, &self.examples.header, format);
            components.push(component(json!({ "type": "HEADER", "format": "TEXT", "text": text }), example));
        }
        let said = example("body_text", &self.body, &self.examples.body, format);
        components.push(component(json!({ "type": "BODY", "text": self.body }), said));
        if let Some(text) = &self.footer {
            components.push(json!({ "type": "FOOTER", "text": text }));
        }
        if !self.buttons.is_empty() {
            let buttons: Vec<_> = self.buttons.iter().enumerate().map(|(n, button)| self.button(n, button)).collect();
            components.push(json!({ "type": "BUTTONS", "buttons": buttons }));
        }
        let (category, parameter_format) = (word(&self.category), word(&format));
        json!({
            "name": self.name, "language": self.language, "category": category,
            "parameter_format": parameter_format, "components": components,
        })
    }

    fn button(&self, n: usize, button: &TemplateButton) -> Value {
        let example = self.examples.buttons.get(&n.to_string()).cloned().unwrap_or_default();
        match button {
            TemplateButton::QuickReply { text }
            | TemplateButton::OneTimeCode { text }
            | TemplateButton::Other { text } => {
                json!({ "type": "QUICK_REPLY", "text": text })
            }
            TemplateButton::Url { text, url } if places(url).is_empty() => {
                json!({ "type": "URL", "text": text, "url": url })
            }
            TemplateButton::Url { text, url } => {
                let whole = filled_in(url, |_| example.clone());
                json!({ "type": "URL", "text": text, "url": url, "example": [whole] })
            }
            TemplateButton::PhoneNumber { text, phone_number } => {
                json!({ "type": "PHONE_NUMBER", "text": text, "phone_number": phone_number })
            }
            TemplateButton::CopyCode { .. } => json!({ "type": "COPY_CODE", "example": example }),
        }
    }
}

/// WhatsApp's word for ours: the same, in capitals.
fn word(ours: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(ours).unwrap_or_default();
    word.as_str().unwrap_or_default().to_ascii_uppercase()
}

/// WhatsApp's word for a header.
fn format_word(header: &TemplateHeader) -> &'static str {
    match header {
        TemplateHeader::Image => "IMAGE",
        TemplateHeader::Video => "VIDEO",
        TemplateHeader::Document => "DOCUMENT",
        TemplateHeader::Location => "LOCATION",
        TemplateHeader::Text { .. } | TemplateHeader::Other => "TEXT",
    }
}

fn sorted(text: &str, format: ParameterFormat) -> Vec<&str> {
    let mut names = places(text);
    if format == ParameterFormat::Positional {
        names.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    }
    names
}

/// Numbers go up from 1 without holes; names are small letters, digits and underscores.
fn check_name(field: &str, name: &str, n: usize, format: ParameterFormat) -> Result<(), Invalid> {
    let sound = match format {
        ParameterFormat::Positional => name == (n + 1).to_string(),
        ParameterFormat::Named => {
            name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        }
    };
    if sound { Ok(()) } else { Err(invalid(field, "invalid", "Places are all numbered from 1, or all named.")) }
}

fn example(
    key: &str,
    text: &str,
    given: &BTreeMap<String, String>,
    format: ParameterFormat,
) -> Option<Map<String, Value>> {
    let names = sorted(text, format);
    if names.is_empty() {
        return None;
    }
    let value = |name: &str| given.get(name).cloned().unwrap_or_default();
    let (key, examples) = match (format, key) {
        (ParameterFormat::Named, key) => {
            let named = names.iter().map(|name| json!({ "param_name": name, "example": value(name) }));
            (format!("{key}_named_params"), Value::Array(named.collect()))
        }
        (ParameterFormat::Positional, "body_text") => {
            ("body_text".to_owned(), json!([names.iter().map(|name| value(name)).collect::<Vec<_>>()]))
        }
        (ParameterFormat::Positional, key) => {
            (key.to_owned(), json!(names.iter().map(|name| value(name)).collect::<Vec<_>>()))
        }
    };
    Some(Map::from_iter([(key, examples)]))
}

fn component(mut component: Value, example: Option<Map<String, Value>>) -> Value {
    if let Some(example) = example {
        component["example"] = example.into();
    }
    component
}

#[cfg(test)]
mod tests;

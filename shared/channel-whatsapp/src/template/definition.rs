//! A template as Graph tells of it.

use domain::template::{
    ParameterFormat, Template, TemplateButton, TemplateCard, TemplateCategory, TemplateHeader, TemplateStatus,
};
use domain::{AccountId, Timestamp};
use serde::Deserialize;

/// An entry of `GET /{waba}/message_templates`.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    id: String,
    name: String,
    language: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    category: String,
    parameter_format: Option<String>,
    #[serde(default)]
    components: Vec<Component>,
    quality_score: Option<QualityScore>,
    rejected_reason: Option<String>,
}

/// How the address of a button begins that copies a one-time code or fills it in: it is handed in as `OTP` and told of as `URL`.
/// [Copy code](https://developers.facebook.com/docs/whatsapp/business-management-api/authentication-templates/copy-code-button-authentication-templates).
const ONE_TIME_CODE: &str = "https://www.whatsapp.com/otp/";

#[derive(Debug, Deserialize)]
struct QualityScore {
    score: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    format: Option<String>,
    text: Option<String>,
    #[serde(default)]
    buttons: Vec<Button>,
    #[serde(default)]
    cards: Vec<Card>,
}

/// Of a carousel.
#[derive(Debug, Deserialize)]
struct Card {
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Debug, Deserialize)]
struct Button {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
    url: Option<String>,
    phone_number: Option<String>,
}

/// WhatsApp's word for a template's standing.
/// [Statuses](https://developers.facebook.com/docs/whatsapp/business-management-api/webhooks/components#message_template_status_update).
pub fn status(word: &str) -> TemplateStatus {
    match word.to_ascii_uppercase().as_str() {
        // What is flagged may still be sent, until it is paused.
        "APPROVED" | "REINSTATED" | "UNARCHIVED" | "FLAGGED" => TemplateStatus::Approved,
        "PENDING" | "IN_APPEAL" => TemplateStatus::Pending,
        "REJECTED" => TemplateStatus::Rejected,
        "PAUSED" => TemplateStatus::Paused,
        "DISABLED" | "LOCKED" | "LIMIT_EXCEEDED" => TemplateStatus::Disabled,
        "ARCHIVED" => TemplateStatus::Archived,
        "DELETED" | "PENDING_DELETION" => TemplateStatus::Deleted,
        _ => TemplateStatus::Unknown,
    }
}

pub fn category(word: &str) -> TemplateCategory {
    match word.to_ascii_uppercase().as_str() {
        "MARKETING" => TemplateCategory::Marketing,
        "UTILITY" => TemplateCategory::Utility,
        "AUTHENTICATION" => TemplateCategory::Authentication,
        _ => TemplateCategory::Unknown,
    }
}

/// A reason that says something: WhatsApp writes `NONE` where there is none.
pub fn reason(words: Option<String>) -> Option<String> {
    words.filter(|words| !words.is_empty() && words != "NONE")
}

impl Entry {
    pub(super) fn template(self, account: &AccountId, now: Timestamp) -> Template {
        let named = self.parameter_format.is_some_and(|format| format.eq_ignore_ascii_case("NAMED"));
        let mut template = Template {
            account: account.clone(),
            channel_id: self.id,
            name: self.name,
            language: self.language,
            category: category(&self.category),
            status: status(&self.status),
            quality: self.quality_score.and_then(|quality| quality.score).filter(|score| score != "UNKNOWN"),
            reason: reason(self.rejected_reason),
            parameter_format: if named { ParameterFormat::Named } else { ParameterFormat::Positional },
            header: None,
            body: String::new(),
            footer: None,
            buttons: Vec::new(),
            cards: Vec::new(),
            has_more: false,
            synced_at: now,
        };
        for component in self.components {
            component.add(&mut template);
        }
        template
    }
}

impl Component {
    fn add(self, template: &mut Template) {
        match self.kind.to_ascii_uppercase().as_str() {
            "HEADER" => template.header = Some(header(self.format.as_deref(), self.text)),
            "BODY" => template.body = self.text.unwrap_or_default(),
            "FOOTER" => template.footer = self.text,
            "BUTTONS" => template.buttons = self.buttons.into_iter().map(Button::button).collect(),
            "CAROUSEL" => {
                for card in self.cards {
                    card.add(template);
                }
            }
            _ => template.has_more = true,
        }
    }
}

impl Card {
    fn add(self, template: &mut Template) {
        let mut card = TemplateCard { header: TemplateHeader::Other, body: None, buttons: Vec::new() };
        for component in self.components {
            match component.kind.to_ascii_uppercase().as_str() {
                "HEADER" => card.header = header(component.format.as_deref(), component.text),
                "BODY" => card.body = component.text,
                "BUTTONS" => card.buttons = component.buttons.into_iter().map(Button::button).collect(),
                _ => template.has_more = true,
            }
        }
        template.cards.push(card);
    }
}

fn header(format: Option<&str>, text: Option<String>) -> TemplateHeader {
    match (format.unwrap_or("TEXT").to_ascii_uppercase().as_str(), text) {
        ("TEXT", Some(text)) => TemplateHeader::Text { text },
        ("LOCATION", _) => TemplateHeader::Location,
        ("IMAGE", _) => TemplateHeader::Image,
        ("VIDEO", _) => TemplateHeader::Video,
        ("DOCUMENT", _) => TemplateHeader::Document,
        _ => TemplateHeader::Other,
    }
}

impl Button {
    fn button(self) -> TemplateButton {
        let Self { kind, text, url, phone_number } = self;
        match (kind.to_ascii_uppercase().as_str(), url, phone_number) {
            ("QUICK_REPLY", ..) => TemplateButton::QuickReply { text },
            ("OTP", ..) => TemplateButton::OneTimeCode { text },
            ("URL", Some(url), _) if url.starts_with(ONE_TIME_CODE) => TemplateButton::OneTimeCode { text },
            ("URL", Some(url), _) => TemplateButton::Url { text, url },
            ("PHONE_NUMBER", _, Some(phone_number)) => TemplateButton::PhoneNumber { text, phone_number },
            ("COPY_CODE", ..) => TemplateButton::CopyCode { text },
            _ => TemplateButton::Other { text },
        }
    }
}

#[cfg(test)]
mod tests;

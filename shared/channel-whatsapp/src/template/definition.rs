//! A template as Graph tells of it.

use domain::template::{ParameterFormat, Template, TemplateButton, TemplateCategory, TemplateHeader, TemplateStatus};
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
            _ => template.has_more = true,
        }
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
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_is_read_with_what_it_is_made_of() {
        let entry: Entry = serde_json::from_value(json!({
            "id": "80631", "name": "order_update", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
            "parameter_format": "POSITIONAL", "quality_score": { "score": "GREEN", "date": 1 }, "rejected_reason": "NONE",
            "components": [
                { "type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {} },
                { "type": "BODY", "text": "Hi {{1}}, it is {{2}}." },
                { "type": "FOOTER", "text": "Acme" },
                { "type": "BUTTONS", "buttons": [
                    { "type": "QUICK_REPLY", "text": "Thanks" },
                    { "type": "URL", "text": "Track", "url": "https://acme.test/{{1}}" },
                    { "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100" },
                    { "type": "COPY_CODE", "text": "Copy" },
                    { "type": "FLOW", "text": "Book" },
                ] },
                { "type": "LIMITED_TIME_OFFER" },
            ],
        }))
        .unwrap();
        let (account, now) = (AccountId::from_bytes([1; 16]), Timestamp::from_seconds(9));
        let text = |text: &str| text.to_owned();
        assert_eq!(
            entry.template(&account, now),
            Template {
                account,
                channel_id: text("80631"),
                name: text("order_update"),
                language: text("en_US"),
                category: TemplateCategory::Utility,
                status: TemplateStatus::Approved,
                quality: Some(text("GREEN")),
                reason: None,
                parameter_format: ParameterFormat::Positional,
                header: Some(TemplateHeader::Text { text: text("Order {{1}}") }),
                body: text("Hi {{1}}, it is {{2}}."),
                footer: Some(text("Acme")),
                buttons: vec![
                    TemplateButton::QuickReply { text: text("Thanks") },
                    TemplateButton::Url { text: text("Track"), url: text("https://acme.test/{{1}}") },
                    TemplateButton::PhoneNumber { text: text("Call"), phone_number: text("+15550100") },
                    TemplateButton::CopyCode { text: text("Copy") },
                    TemplateButton::Other { text: text("Book") },
                ],
                has_more: true,
                synced_at: now,
            }
        );
    }

    #[test]
    fn a_template_with_a_carousel_says_that_it_has_more() {
        let cards =
            json!([{ "components": [{ "type": "HEADER", "format": "IMAGE" }, { "type": "BODY", "text": "{{1}}" }] }]);
        let entry: Entry = serde_json::from_value(json!({
            "id": "1", "name": "offers", "language": "en", "status": "APPROVED", "category": "MARKETING",
            "components": [{ "type": "BODY", "text": "See these." }, { "type": "CAROUSEL", "cards": cards }],
        }))
        .unwrap();
        let template = entry.template(&AccountId::from_bytes([1; 16]), Timestamp::from_seconds(9));
        assert_eq!((template.body.as_str(), template.header, template.has_more), ("See these.", None, true));
    }

    #[test]
    fn a_button_that_copies_a_one_time_code_is_told_from_one_that_opens_a_page() {
        let read = |button: serde_json::Value| serde_json::from_value::<Button>(button).unwrap().button();
        let text = "Copy code".to_owned();
        let otp = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp{{1}}";
        let code = TemplateButton::OneTimeCode { text: text.clone() };
        assert_eq!(read(json!({ "type": "URL", "text": text, "url": otp })), code);
        assert_eq!(read(json!({ "type": "OTP", "otp_type": "ONE_TAP", "text": text })), code);
        let url = "https://acme.test/otp/{{1}}".to_owned();
        assert_eq!(
            read(json!({ "type": "URL", "text": text, "url": url })),
            TemplateButton::Url { text: text.clone(), url }
        );
    }

    #[test]
    fn each_word_of_whatsapp_has_its_standing() {
        for (words, expected) in [
            (&["APPROVED", "REINSTATED", "UNARCHIVED", "FLAGGED", "approved"][..], TemplateStatus::Approved),
            (&["PENDING", "IN_APPEAL"], TemplateStatus::Pending),
            (&["REJECTED"], TemplateStatus::Rejected),
            (&["PAUSED"], TemplateStatus::Paused),
            (&["DISABLED", "LOCKED", "LIMIT_EXCEEDED"], TemplateStatus::Disabled),
            (&["ARCHIVED"], TemplateStatus::Archived),
            (&["DELETED", "PENDING_DELETION"], TemplateStatus::Deleted),
            (&["", "WHATEVER_COMES"], TemplateStatus::Unknown),
        ] {
            for word in words {
                assert_eq!(status(word), expected, "{word}");
            }
        }
    }
}

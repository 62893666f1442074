//! What concerns an account and no thread: reviews, limits, quality, templates, consent.

use channel::{About, Notice, Poison};
use domain::template::{TemplateChange, TemplateNews};
use serde_json::value::RawValue;

use super::envelope::object;
use super::{plain, poison};
use crate::fields::{Fields, Leftovers};
use crate::lenient;
use crate::template::definition;

/// The fields that tell of an account. [Fields](https://developers.facebook.com/docs/graph-api/webhooks/reference/whatsapp-business-account/).
const KNOWN: [&str; 27] = [
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "automatic_events",
    "business_capability_update",
    "business_status_update",
    "business_username_update",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "template_category_update",
    "template_correct_category_detection",
    "tracking_events",
    "user_id_update",
    "user_preferences",
];

/// In place of a history: the owner of the number keeps it to themselves.
/// [History](https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/history).
const DECLINED: i64 = 2_593_109;

/// A change of one of the known fields; any other is kept for whoever teaches us what it means.
pub(super) fn change(field: &str, value: &RawValue) -> Result<Notice, Poison> {
    if !KNOWN.contains(&field) {
        return Err(poison(&format!("webhook field {} is not one that we know, or not in its form", plain(field))));
    }
    let mut told = object(value).map(|(fields, _)| fields).unwrap_or_default();
    let event = told.word("event").or_else(|| told.word("new_quality_score")).or_else(|| told.word("status"));
    let event = event.or_else(|| told.word("decision")).or_else(|| told.word("new_category"));
    let mut metadata = told.object("metadata").unwrap_or_default();
    let number = told.word("display_phone_number").or_else(|| metadata.word("display_phone_number"));
    let event = event.map(|event| plain(&event).to_owned());
    Ok(Notice {
        topic: field.to_owned(),
        health: health(field, event.as_deref(), &mut told),
        template: template(field, event.as_deref(), &mut told),
        event,
        about: number.map_or(About::Business, About::Number),
        raw: value.get().to_owned(),
    })
}

/// The errors that WhatsApp reports beside messages: of our app or of the account.
pub(super) fn errors(raw: &RawValue) -> Notice {
    let first = lenient::value(raw.get()).and_then(|all| all.as_array()?.first().cloned());
    let error = first.and_then(|value| Fields::of(value, &Leftovers::default()));
    let code = error.and_then(|mut error| error.number("code"));
    tracing::warn!(code, "WhatsApp reports an error of its own");
    Notice {
        topic: "errors".to_owned(),
        event: code.map(|code| code.to_string()),
        health: (code == Some(DECLINED)).then(|| "The number's owner did not share its chats so far".to_owned()),
        about: About::Account,
        template: None,
        raw: raw.get().to_owned(),
    }
}

/// What became of a template, where that is what is told.
fn template(field: &str, event: Option<&str>, told: &mut Fields) -> Option<TemplateNews> {
    let what = match (field, event?) {
        ("message_template_status_update", event) => {
            let info = told.object("rejection_info").and_then(|mut info| info.word("reason"));
            let reason = definition::reason(info.or_else(|| told.word("reason")));
            TemplateChange::Status { status: definition::status(event), reason }
        }
        ("message_template_quality_update", score) => TemplateChange::Quality(score.to_owned()),
        ("template_category_update", category) => TemplateChange::Category(definition::category(category)),
        _ => return None,
    };
    let (name, language) = (told.word("message_template_name")?, told.word("message_template_language")?);
    Some(TemplateNews { name, language, what })
}

/// What an admin should read beside the account, where its standing is what changed.
fn health(field: &str, event: Option<&str>, told: &mut Fields) -> Option<String> {
    let sentence = match (field, event?) {
        ("account_update", "ACCOUNT_DELETED") => "The WhatsApp Business account was deleted",
        ("account_update", "ACCOUNT_RESTRICTION") => "WhatsApp has restricted the account",
        ("account_update", "ACCOUNT_VIOLATION") => "WhatsApp reports a violation of its policy by the account",
        ("account_update", "ACCOUNT_OFFBOARDED") => "The number was taken off the WhatsApp Business app",
        ("account_update", "ACCOUNT_RECONNECTED") => "The number is on the WhatsApp Business app again",
        ("account_update", "PARTNER_REMOVED") => "The account no longer shares its WhatsApp with us",
        ("account_update", "PARTNER_APP_UNINSTALLED") => "Our app was removed from the WhatsApp account",
        ("account_update", "DISABLED_UPDATE") => {
            let state = told.object("ban_info").and_then(|mut ban| ban.word("waba_ban_state"));
            match state.as_deref() {
                Some("REINSTATE") => "WhatsApp has reinstated the account",
                Some(_) | None => "WhatsApp has disabled the account",
            }
        }
        ("phone_number_quality_update", "FLAGGED") => "WhatsApp has flagged the number's quality",
        ("phone_number_quality_update", "DOWNGRADE") => "WhatsApp has lowered the number's limit",
        ("account_review_update", "REJECTED") => "WhatsApp's review rejected the account",
        ("security", "PIN_RESET_REQUEST") => "Somebody asked to reset the number's PIN",
        ("security", "PIN_CHANGED") => "The number's PIN was changed",
        _ => return None,
    };
    Some(sentence.to_owned())
}

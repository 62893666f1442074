//! What concerns an account and no thread, and what nobody has told us of yet.

use channel::{About, Notice};
use domain::template::{TemplateCategory, TemplateChange, TemplateStatus};

use super::*;

/// The notices of a fixture, with the payloads that they keep taken out.
fn notices(name: &str) -> Vec<Notice> {
    let told = |event| match event {
        Event::Notice(notice) => {
            assert!(!notice.raw.is_empty(), "{name}");
            Notice { raw: String::new(), ..notice }
        }
        other => panic!("{name}: {other:?}"),
    };
    events(name).into_iter().map(told).collect()
}

#[test]
fn an_accounts_news_are_kept_and_its_standing_is_said_in_a_sentence() {
    let notice = |topic: &str, event: Option<&str>, health: Option<&str>, about: About| {
        let (event, health) = (event.and_then(some), health.and_then(some));
        let (topic, template) = (topic.to_owned(), None);
        vec![Notice { topic, event, health, about, template, raw: String::new() }]
    };
    let number = || About::Number("15550100".to_owned());
    for (name, expected) in [
        (
            "account_restricted",
            notice(
                "account_update",
                Some("ACCOUNT_RESTRICTION"),
                Some("WhatsApp has restricted the account"),
                About::Business,
            ),
        ),
        (
            "quality",
            notice(
                "phone_number_quality_update",
                Some("FLAGGED"),
                Some("WhatsApp has flagged the number's quality"),
                number(),
            ),
        ),
        ("opt_out", notice("user_preferences", None, None, number())),
        ("errors", notice("errors", Some("130429"), None, About::Account)),
        (
            "history_declined",
            notice(
                "errors",
                Some("2593109"),
                Some("The number's owner did not share its chats so far"),
                About::Account,
            ),
        ),
    ] {
        assert_eq!(notices(name), expected, "{name}");
    }
}

#[test]
fn a_templates_news_name_it_and_say_what_became_of_it() {
    let told = |field: &str, value: serde_json::Value| {
        let mut named = serde_json::json!({ "message_template_name": "order_update", "message_template_language": "en", "message_template_id": 1 });
        named.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        let raw = serde_json::value::to_raw_value(&named).unwrap();
        crate::parse::notice::change(field, &raw).unwrap().template.map(|news| (news.name, news.language, news.what))
    };
    let news = |what| Some(("order_update".to_owned(), "en".to_owned(), what));
    let status = |status, reason: Option<&str>| TemplateChange::Status { status, reason: reason.and_then(some) };
    for (field, value, expected) in [
        (
            "message_template_status_update",
            serde_json::json!({ "event": "REJECTED", "reason": "INVALID_FORMAT", "rejection_info": { "reason": "Parameters are adjacent" } }),
            news(status(TemplateStatus::Rejected, Some("Parameters are adjacent"))),
        ),
        (
            "message_template_status_update",
            serde_json::json!({ "event": "PAUSED", "reason": "NONE" }),
            news(status(TemplateStatus::Paused, None)),
        ),
        (
            "message_template_quality_update",
            serde_json::json!({ "previous_quality_score": "GREEN", "new_quality_score": "YELLOW" }),
            news(TemplateChange::Quality("YELLOW".to_owned())),
        ),
        (
            "template_category_update",
            serde_json::json!({ "previous_category": "UTILITY", "new_category": "MARKETING" }),
            news(TemplateChange::Category(TemplateCategory::Marketing)),
        ),
        ("phone_number_quality_update", serde_json::json!({ "event": "FLAGGED" }), None),
    ] {
        assert_eq!(told(field, value), expected, "{field}");
    }
}

#[test]
fn what_names_no_number_is_the_business_accounts() {
    let body = fixture("template_status");
    let routed = crate::split(&body).unwrap();
    let seen: Vec<_> = routed.iter().map(|r| (r.account.as_deref(), &*r.thread)).collect();
    assert_eq!(seen, [(Some("waba:2000000000001"), "field:message_template_status_update")]);
}

#[test]
fn an_unknown_field_waits_in_quarantine_for_whoever_teaches_us() {
    let reason = "webhook field telepathy is not one that we know, or not in its form";
    assert_eq!(read(&fixture("unknown_field")), [Err(reason.to_owned())]);
}

#[test]
fn odd_neighbours_cost_only_themselves() {
    let mut seen = read(&fixture("odd_neighbours"));
    seen.sort_by_key(|event| event.as_ref().err().cloned());
    let text = InboundMessage { text: some("still here"), name: None, ..from_aiko("wamid.T9", 1, MessageType::Text) };
    let text = InboundMessage { from: vec![user("JP.7781200345"), phone("819011112222")], ..text };
    let odd = |reason: &str| Err(format!("webhook field messages carries {reason}"));
    let expected =
        [Ok(message(text)), odd("moods, which is not known"), odd("statuses, which is not the list that it should be")];
    assert_eq!(seen, expected);
}

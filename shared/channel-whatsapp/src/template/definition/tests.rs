//! Templates as Graph writes them, and what they come to.

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
            cards: Vec::new(),
            has_more: true,
            synced_at: now,
        }
    );
}

#[test]
fn a_carousel_keeps_its_cards_and_what_is_strange_in_one_is_more_than_can_be_filled_in() {
    let read = |more: serde_json::Value| {
        let button = json!({ "type": "URL", "text": "Buy", "url": "https://acme.test/{{1}}" });
        let first = json!([{ "type": "header", "format": "image", "example": {} }, { "type": "body", "text": "{{1}} off" },
            { "type": "buttons", "buttons": [button] }]);
        let cards = json!([{ "components": first }, { "components": [{ "type": "HEADER", "format": "VIDEO" }, more] }]);
        let entry: Entry = serde_json::from_value(json!({
            "id": "1", "name": "offers", "language": "en", "status": "APPROVED", "category": "MARKETING",
            "components": [{ "type": "BODY", "text": "See these." }, { "type": "CAROUSEL", "cards": cards }],
        }))
        .unwrap();
        let template = entry.template(&AccountId::from_bytes([1; 16]), Timestamp::from_seconds(9));
        (template.body, template.cards, template.has_more)
    };
    let buy = TemplateButton::Url { text: "Buy".to_owned(), url: "https://acme.test/{{1}}".to_owned() };
    let first = TemplateCard { header: TemplateHeader::Image, body: Some("{{1}} off".to_owned()), buttons: vec![buy] };
    let second = TemplateCard { header: TemplateHeader::Video, body: Some("New".to_owned()), buttons: Vec::new() };
    let bare = TemplateCard { body: None, ..second.clone() };
    let said = || "See these.".to_owned();
    assert_eq!(read(json!({ "type": "BODY", "text": "New" })), (said(), vec![first.clone(), second], false));
    assert_eq!(read(json!({ "type": "PRODUCT" })), (said(), vec![first, bare], true));
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

//! The templates that are approved from the start.

use serde_json::{Value, json};

use super::carousel;
use super::templates::ONE_TIME_CODE;

/// What every business account has before it hands anything in.
pub(super) fn stock() -> Vec<Value> {
    let template = |id: u64, name: &str, language: &str, category: &str, format: &str, components: Value| {
        json!({
            "id": id.to_string(), "name": name, "language": language, "category": category, "parameter_format": format,
            "status": "APPROVED", "quality_score": { "score": "GREEN" }, "rejected_reason": "NONE", "components": components,
        })
    };
    vec![
        template(
            900_001,
            "hello_world",
            "en_US",
            "UTILITY",
            "POSITIONAL",
            json!([
                { "type": "BODY", "text": "Welcome! This message opens the chat again: answer it and we can talk." },
            ]),
        ),
        template(
            900_002,
            "order_update",
            "en_US",
            "UTILITY",
            "POSITIONAL",
            json!([
                { "type": "HEADER", "format": "TEXT", "text": "Order {{1}}" },
                { "type": "BODY", "text": "Hi {{1}}, your order is {{2}}. Is there anything else that we can do?" },
                { "type": "FOOTER", "text": "Acme Furniture" },
                { "type": "BUTTONS", "buttons": [
                    { "type": "QUICK_REPLY", "text": "Thanks" },
                    { "type": "URL", "text": "Track it", "url": "https://acme.test/orders/{{1}}" },
                ] },
            ]),
        ),
        template(
            900_003,
            "appointment_reminder",
            "he",
            "UTILITY",
            "NAMED",
            json!([
                { "type": "BODY", "text": "שלום {{first_name}}, מזכירים לך את הפגישה שלנו ביום {{day}}." },
            ]),
        ),
        template(
            900_004,
            "come_by",
            "en_US",
            "MARKETING",
            "POSITIONAL",
            json!([
                { "type": "HEADER", "format": "LOCATION" },
                { "type": "BODY", "text": "Our new shop is open, {{1}}. Show this code at the till." },
                { "type": "BUTTONS", "buttons": [{ "type": "COPY_CODE", "text": "Copy offer code" }] },
            ]),
        ),
        template(
            900_005,
            "new_arrival",
            "en_US",
            "MARKETING",
            "POSITIONAL",
            json!([
                { "type": "HEADER", "format": "IMAGE" },
                { "type": "BODY", "text": "Look what came in, {{1}}: shall we put it aside for you?" },
                { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Yes, please" }] },
            ]),
        ),
        template(
            900_006,
            "invoice",
            "en_US",
            "UTILITY",
            "POSITIONAL",
            json!([
                { "type": "HEADER", "format": "DOCUMENT" },
                { "type": "BODY", "text": "Here is your invoice for order {{1}}. Thank you!" },
            ]),
        ),
        template(
            900_007,
            "sign_in_code",
            "en_US",
            "AUTHENTICATION",
            "POSITIONAL",
            json!([
                { "type": "BODY", "text": "*{{1}}* is your verification code. For your security, do not share this code." },
                { "type": "FOOTER", "text": "This code expires in 10 minutes." },
                { "type": "BUTTONS", "buttons": [{
                    "type": "URL", "text": "Copy code",
                    "url": format!("{ONE_TIME_CODE}code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp{{{{1}}}}"),
                }] },
            ]),
        ),
        template(
            900_008,
            "new_chairs",
            "en_US",
            "MARKETING",
            "POSITIONAL",
            json!([
                { "type": "BODY", "text": "Fresh from the workshop, {{1}}:" },
                { "type": "CAROUSEL", "cards": [carousel::chair(), carousel::chair()] },
            ]),
        ),
    ]
}

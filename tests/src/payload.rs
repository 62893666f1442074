//! Webhooks as Meta writes and signs them.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// The header that carries [`signature`].
pub const SIGNATURE: &str = "x-hub-signature-256";

/// What Meta puts in that header.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

/// One POST about one number.
pub fn webhook(number: &str, value: &Value) -> Value {
    post_of([entry(number, value)])
}

/// One POST of several entries.
pub fn post_of(entries: impl IntoIterator<Item = Value>) -> Value {
    json!({ "object": "whatsapp_business_account", "entry": entries.into_iter().collect::<Vec<_>>() })
}

/// What happened at one number: `value` holds `messages`, `statuses`, `contacts`.
pub fn entry(number: &str, value: &Value) -> Value {
    let mut value = value.clone();
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({ "display_phone_number": "15550100", "phone_number_id": number });
    json!({ "id": "200000000000001", "changes": [{ "field": "messages", "value": value }] })
}

/// A text of a customer, as an element of `messages`; `at` is in seconds.
pub fn text(from: &str, id: &str, at: i64, body: &str) -> Value {
    json!({ "from": from, "id": id, "timestamp": at.to_string(), "type": "text", "text": { "body": body } })
}

/// What became of a send, as an element of `statuses`; without `reference` as for another tool's messages.
pub fn status(id: &str, status: &str, at: i64, to: &str, reference: Option<&str>) -> Value {
    let mut value = json!({ "id": id, "status": status, "timestamp": at.to_string(), "recipient_id": to });
    if let Some(reference) = reference {
        value["biz_opaque_callback_data"] = json!(reference);
    }
    if status == "failed" {
        value["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
    }
    value
}

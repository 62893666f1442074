//! What WhatsApp tells a business of: envelopes as Meta writes them, and their signature.
//! [Payloads](https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components).

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::account::SimAccount;
use super::files::Attached;
use super::thread::{Message, Tick};

/// A customer's message: a text, a file with its caption, or what was pressed.
pub(super) fn message(account: &SimAccount, from: &str, name: &str, message: &Message) -> String {
    let user_id = account.user_id(from);
    let mut said = json!({
        "from": from, "from_user_id": user_id, "id": message.id, "timestamp": seconds(message.at), "type": "text",
    });
    match (&message.file, &message.object) {
        (None, None) => said["text"] = json!({ "body": message.text }),
        (None, Some(object)) => {
            said["type"] = json!(message.kind);
            said[&message.kind] = object.clone();
        }
        (Some(file), _) => {
            said["type"] = json!(file.kind);
            said[&file.kind] = told(file, &message.text);
        }
    }
    if let Some(quoted) = &message.reply_to {
        said["context"] = json!({ "from": digits(&account.display_phone_number), "id": quoted });
    }
    let contact = json!({ "profile": { "name": name }, "wa_id": from, "user_id": user_id });
    envelope(account, &json!({ "contacts": [contact], "messages": [said] }))
}

/// What a message says of its file.
fn told(file: &Attached, caption: &str) -> Value {
    let mut told = json!({ "id": file.id, "mime_type": file.mime_type, "sha256": file.sha256 });
    match file.kind.as_str() {
        "audio" => told["voice"] = json!(file.voice),
        "sticker" => told["animated"] = json!(false),
        _ if !caption.trim().is_empty() => told["caption"] = json!(caption),
        _ => {}
    }
    if let (Some(name), "document") = (&file.name, file.kind.as_str()) {
        told["filename"] = json!(name);
    }
    told
}

/// How far a message to a customer came. `at` is in ms since 1970.
pub(super) fn status(account: &SimAccount, to: &str, name: &str, message: &Message, tick: Tick, at: u64) -> String {
    let word = match tick {
        Tick::Accepted | Tick::Sent => "sent",
        Tick::Delivered => "delivered",
        Tick::Read => "read",
        Tick::Failed => "failed",
    };
    let mut status = json!({ "id": message.id, "status": word, "timestamp": seconds(at), "recipient_id": to });
    if let Some(reference) = &message.reference {
        status["biz_opaque_callback_data"] = json!(reference);
    }
    if tick == Tick::Failed {
        // Meta leaves out the contact and the user's id here.
        status["errors"] = json!([failed(message.error)]);
        return envelope(account, &json!({ "statuses": [status] }));
    }
    let user_id = account.user_id(to);
    status["recipient_user_id"] = json!(user_id);
    if tick <= Tick::Delivered {
        status["pricing"] =
            json!({ "billable": true, "pricing_model": "PMP", "type": "regular", "category": "service" });
    }
    let contact = json!({ "profile": { "name": name }, "wa_id": to, "user_id": user_id });
    envelope(account, &json!({ "contacts": [contact], "statuses": [status] }))
}

fn failed(code: Option<u32>) -> Value {
    if code == Some(NO_SUCH_MESSAGE) {
        let title = "Parameter value is not valid";
        return json!({ "code": code, "title": title, "message": title });
    }
    json!({
        "code": WINDOW_CLOSED, "title": "Re-engagement message", "message": "Re-engagement message",
        "error_data": { "details": "Message failed to send because more than 24 hours have passed since the customer last replied to this number." },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

/// The window in which a business may answer freely is shut.
pub(super) const WINDOW_CLOSED: u32 = 131_047;
/// The chat has no message for a reaction to stand on.
pub(super) const NO_SUCH_MESSAGE: u32 = 131_009;

/// A template was looked at.
pub(super) fn template_status(account: &SimAccount, template: &Value, at: u64) -> String {
    let id = template["id"].as_str().and_then(|id| id.parse::<u64>().ok());
    let value = json!({
        "event": template["status"], "message_template_id": id, "message_template_name": template["name"],
        "message_template_language": template["language"], "message_template_category": template["category"],
        "reason": "NONE",
    });
    let changes = json!([{ "field": "message_template_status_update", "value": value }]);
    let entry = json!([{ "id": account.waba_id, "time": at / 1_000, "changes": changes }]);
    json!({ "object": "whatsapp_business_account", "entry": entry }).to_string()
}

fn envelope(account: &SimAccount, change: &Value) -> String {
    of_field("messages", account, change)
}

/// A change of a number, under the field that says what it tells of.
pub(super) fn of_field(field: &str, account: &SimAccount, change: &Value) -> String {
    let number = json!({ "display_phone_number": digits(&account.display_phone_number), "phone_number_id": account.phone_number_id });
    let mut value = json!({ "messaging_product": "whatsapp", "metadata": number });
    if let (Some(value), Some(change)) = (value.as_object_mut(), change.as_object()) {
        value.extend(change.clone());
    }
    let changes = json!([{ "field": field, "value": value }]);
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": account.waba_id, "changes": changes }] })
        .to_string()
}

/// `X-Hub-Signature-256` of a body.
/// [Meta](https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads).
pub(super) fn signature(app_secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub(super) fn seconds(ms: u64) -> String {
    (ms / 1_000).to_string()
}

/// The digits of a phone number as people write it.
pub(super) fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

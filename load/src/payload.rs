//! What WhatsApp tells a business, as Meta writes and signs it.
//! [Payloads](https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components).

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::install::Number;
use crate::plan::{Event, Kind};

/// The id of a message of this run. No two runs share one.
pub fn message_id(run: &str, n: u32) -> String {
    format!("wamid.load.{run}.{n}")
}

/// A customer's phone number: the same customers write in each run, as they would.
pub fn phone(tenant: usize, customer: u32) -> String {
    format!("97255{tenant:03}{customer:05}")
}

/// A webhook of one event. `now` is in seconds since 1970.
pub fn body(event: &Event, run: &str, number: &Number, now: u64) -> String {
    let from = phone(event.tenant, event.customer);
    let id = message_id(run, event.n);
    let said = match event.kind {
        Kind::Message => json!({
            "contacts": [{ "profile": { "name": format!("Customer {}", event.customer) }, "wa_id": from }],
            "messages": [{ "from": from, "id": id, "timestamp": now.to_string(), "type": "text",
                "text": { "body": format!("Is order {} on its way?", event.n) } }],
        }),
        Kind::Status => json!({
            "statuses": [{ "id": id, "status": "delivered", "timestamp": now.to_string(), "recipient_id": from }],
        }),
    };
    envelope(number, &said)
}

fn envelope(number: &Number, said: &Value) -> String {
    let digits: String = number.display_phone_number.chars().filter(char::is_ascii_digit).collect();
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": digits, "phone_number_id": number.phone_number_id },
    });
    if let (Some(value), Some(said)) = (value.as_object_mut(), said.as_object()) {
        value.extend(said.clone());
    }
    let changes = json!([{ "field": "messages", "value": value }]);
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": number.waba_id, "changes": changes }] })
        .to_string()
}

/// `X-Hub-Signature-256` of a body.
/// [Meta](https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads).
pub fn signature(app_secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body.as_bytes());
    format!("sha256={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::plan::Stage;

    #[test]
    fn a_message_is_written_as_meta_writes_it() {
        let number = Number {
            phone_number_id: "1".to_owned(),
            waba_id: "2".to_owned(),
            display_phone_number: "+972 3".to_owned(),
        };
        let event = Event {
            at: Duration::ZERO,
            n: 4,
            tenant: 1,
            customer: 7,
            kind: Kind::Message,
            stage: Stage::Burst,
            repetition: false,
        };
        let written: Value = serde_json::from_str(&body(&event, "r", &number, 1_790_000_000)).unwrap();
        let expected = json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "2", "changes": [{ "field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "9723", "phone_number_id": "1" },
                "contacts": [{ "profile": { "name": "Customer 7" }, "wa_id": "9725500100007" }],
                "messages": [{ "from": "9725500100007", "id": "wamid.load.r.4", "timestamp": "1790000000", "type": "text",
                    "text": { "body": "Is order 4 on its way?" } }],
            }}]}],
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn a_signature_is_the_known_one() {
        // RFC 4231, test case 2.
        let known = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", "what do ya want for nothing?"), known);
    }
}

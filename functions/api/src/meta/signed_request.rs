//! `signed_request`: what Meta posts when a person leaves. `<signature>.<payload>`, both base64url without padding; the
//! signature is HMAC-SHA256 over the payload *as it is encoded*, keyed with the app's secret.
//! [Meta](https://developers.facebook.com/docs/games/gamesonfacebook/login#parsingsr).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The longest that is looked at, in bytes; Meta's have some hundreds.
const LENGTH_MAX: usize = 8 * 1024;

/// How long one without an end of its own is good, and how far our clock may lag behind Meta's, in seconds.
const GOOD_FOR: i64 = 24 * 60 * 60;
const AHEAD_MAX: i64 = 5 * 60;

/// What Meta said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignedRequest {
    /// The person, by the id that they have for our app alone.
    pub(super) user_id: String,
    pub(super) issued_at: Timestamp,
    /// Names this very request, to nobody who has not seen it: the same again has the same.
    pub(super) code: String,
}

/// Why it does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Unreadable,
    Forged,
    Expired,
}

#[derive(Deserialize)]
struct Payload {
    algorithm: String,
    issued_at: i64,
    #[serde(default)]
    expires: i64,
    user_id: String,
}

/// Verifies by any of the app's secrets in force; compared in constant time, before anything of it is read.
pub(super) fn verify(text: &str, app_secrets: &[String], now: Timestamp) -> Result<SignedRequest, Refused> {
    let (signature, payload) = text.split_once('.').filter(|_| text.len() <= LENGTH_MAX).ok_or(Refused::Unreadable)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refused::Unreadable)?;
    if !app_secrets.iter().any(|secret| signed(secret, payload, &signature)) {
        return Err(Refused::Forged);
    }
    let said = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Refused::Unreadable)?;
    let said: Payload = serde_json::from_slice(&said).map_err(|_| Refused::Unreadable)?;
    if said.algorithm != "HMAC-SHA256" || said.user_id.is_empty() {
        return Err(Refused::Unreadable);
    }
    let seconds = now.millis() / 1_000;
    let end = if said.expires > 0 { said.expires } else { said.issued_at.saturating_add(GOOD_FOR) };
    if seconds >= end || said.issued_at > seconds.saturating_add(AHEAD_MAX) {
        return Err(Refused::Expired);
    }
    let issued_at = Timestamp::from_millis(said.issued_at.saturating_mul(1_000));
    Ok(SignedRequest { user_id: said.user_id, issued_at, code: code(text) })
}

fn signed(secret: &str, payload: &str, signature: &[u8]) -> bool {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    !secret.is_empty() && mac.chain_update(payload).verify_slice(signature).is_ok()
}

fn code(text: &str) -> String {
    let mut code = hex::encode(Sha256::digest(format!("deletion {text}")));
    code.truncate(32);
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21T05:00:00Z.
    const NOW: i64 = 1_795_237_200;

    fn sign(secret: &str, payload: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(&payload);
        format!("{}.{payload}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn judge(text: &str) -> Result<(String, i64), Refused> {
        let secrets = ["new".to_owned(), "old".to_owned()];
        let said = verify(text, &secrets, Timestamp::from_millis(NOW * 1_000));
        said.map(|said| (said.user_id, said.issued_at.millis()))
    }

    fn payload(issued_at: i64, expires: i64) -> String {
        format!(r#"{{"algorithm":"HMAC-SHA256","issued_at":{issued_at},"expires":{expires},"user_id":"77"}}"#)
    }

    #[test]
    fn either_secret_in_force_signs_what_has_not_ended() {
        let good = Ok(("77".to_owned(), (NOW - 5) * 1_000));
        assert_eq!(judge(&sign("new", &payload(NOW - 5, NOW + 1))), good);
        assert_eq!(judge(&sign("old", &payload(NOW - 5, 0))), good);
        let whole = sign("new", &payload(NOW, 0));
        for (text, refused) in [
            (sign("other", &payload(NOW, 0)), Refused::Forged),
            (sign("", &payload(NOW, 0)), Refused::Forged),
            (sign("new", &payload(NOW - 5, NOW)), Refused::Expired),
            (sign("new", &payload(NOW - GOOD_FOR, 0)), Refused::Expired),
            (sign("new", &payload(NOW + AHEAD_MAX + 1, 0)), Refused::Expired),
            (sign("new", &payload(NOW, 0).replace("SHA256", "MD5")), Refused::Unreadable),
            (sign("new", "[]"), Refused::Unreadable),
            (format!("{whole}A"), Refused::Forged),
            (whole.replacen('.', "", 1), Refused::Unreadable),
            (format!("={whole}"), Refused::Unreadable),
            (String::new(), Refused::Unreadable),
            ("a".repeat(LENGTH_MAX) + "." + &whole, Refused::Unreadable),
        ] {
            assert_eq!(judge(&text), Err(refused), "{text}");
        }
    }

    #[test]
    fn the_signature_is_of_the_encoded_payload_as_meta_makes_it() {
        // Made with openssl: key `new`, over the encoded text itself.
        let text = concat!(
            "x4tslJi5lHVFfVc5Xd1qhOpQeQDRxesPA6xts03xHb8",
            ".",
            "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTIzNzAwMCwidXNlcl9pZCI6IjIxODQ3MSJ9"
        );
        assert_eq!(judge(text), Ok(("218471".to_owned(), 1_795_237_000_000)));
    }

    #[test]
    fn the_same_request_has_the_same_code_and_another_one_another() {
        let secrets = ["new".to_owned()];
        let code =
            |at| verify(&sign("new", &payload(at, 0)), &secrets, Timestamp::from_millis(NOW * 1_000)).unwrap().code;
        assert_eq!((code(NOW), code(NOW).len()), (code(NOW), 32));
        assert_ne!(code(NOW), code(NOW - 1));
    }
}

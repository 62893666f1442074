//! `X-Hub-Signature-256`: HMAC-SHA256 of the bytes as they came, keyed with the app's secret.
//! [Meta](https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads).
//!
//! By `ring`, which is there for TLS anyway: where a processor has no instructions for SHA it is faster than `sha2`.

use channel::Signer;
use ring::hmac::{HMAC_SHA256, Key, sign, verify as verifies};

/// A Meta app, with its secrets in force: the current one and, during a rotation, the one before.
pub struct App {
    pub signer: Signer,
    keys: Vec<Key>,
    verify_token: Option<String>,
}

/// A secret that would verify anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an app secret is empty")]
pub struct EmptySecret;

impl App {
    /// Prepares the keys once: a webhook is verified many times.
    pub fn new(signer: Signer, secrets: &[String], verify_token: Option<String>) -> Result<Self, EmptySecret> {
        if secrets.is_empty() || secrets.iter().any(String::is_empty) {
            return Err(EmptySecret);
        }
        let key = |s: &String| Key::new(HMAC_SHA256, s.as_bytes());
        Ok(Self {
            signer,
            keys: secrets.iter().map(key).collect(),
            verify_token: verify_token.filter(|t| !t.is_empty()),
        })
    }

    fn signed(&self, body: &[u8], signature: &[u8; 32]) -> bool {
        self.keys.iter().any(|key| verifies(key, body, signature).is_ok())
    }

    /// Whether this is the token that the app's webhook was set up with; compared in constant time.
    pub fn expects(&self, token: &str) -> bool {
        self.verify_token.as_ref().is_some_and(|own| same(own.as_bytes(), token.as_bytes()))
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("signer", &self.signer).finish_non_exhaustive()
    }
}

/// Compares by the MACs of both under one key, so that the time taken tells nothing of where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    let key = Key::new(HMAC_SHA256, b"compare");
    verifies(&key, a, sign(&key, b).as_ref()).is_ok()
}

/// The app that signed this body. `header` is the value of `X-Hub-Signature-256`.
pub fn verify<'a>(apps: impl IntoIterator<Item = &'a App>, header: &str, body: &[u8]) -> Option<&'a App> {
    let signature = parse(header)?;
    apps.into_iter().find(|app| app.signed(body, &signature))
}

/// `sha256=` and exactly 64 lower-case hex digits.
fn parse(header: &str) -> Option<[u8; 32]> {
    let digits = header.strip_prefix("sha256=")?;
    if digits.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut signature = [0; 32];
    hex::decode_to_slice(digits, &mut signature).ok()?;
    Some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(id: &str, secrets: &[&str]) -> App {
        let signer = Signer { app_id: id.to_owned(), tenant: None };
        App::new(signer, &secrets.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(), Some("hello".to_owned()))
            .unwrap()
    }

    const BODY: &[u8] = br#"{"t":"\u00e4\u00f6\/x"}"#;
    const SIGNATURE: &str = "sha256=f1dfd5f47c98a0638a1dbc9c55028787b82cd1e53e2b64a1268144eb0a73fa2f";

    #[test]
    fn the_bytes_as_they_came_are_what_is_signed() {
        let apps = [app("1", &["other"]), app("2", &["new", "secret"])];
        let signer = |body: &[u8]| verify(&apps, SIGNATURE, body).map(|a| a.signer.app_id.as_str());
        assert_eq!(signer(BODY), Some("2"));
        assert_eq!(signer(r#"{"t":"äö/x"}"#.as_bytes()), None, "written anew by a parser");
        assert_eq!(signer(&BODY[..BODY.len() - 1]), None, "cut short");
    }

    #[test]
    fn nothing_but_the_whole_signature_is_taken() {
        let apps = [app("1", &["secret"])];
        let upper = SIGNATURE.to_uppercase().replace("SHA256", "sha256");
        let sha1 = SIGNATURE.replace("sha256=", "sha1=");
        let longer = format!("{SIGNATURE}00");
        let spaced = format!("{SIGNATURE} ");
        let prefixes = (0..SIGNATURE.len()).map(|n| &SIGNATURE[..n]);
        for header in prefixes.chain([&*upper, &*sha1, &*longer, &*spaced, "sha256"]) {
            assert!(verify(&apps, header, BODY).is_none(), "{header:?}");
        }
    }

    #[test]
    fn an_empty_secret_is_no_secret() {
        let signer = Signer { app_id: "1".to_owned(), tenant: None };
        for secrets in [vec![], vec![String::new()], vec!["a".to_owned(), String::new()]] {
            assert_eq!(App::new(signer.clone(), &secrets, None).err(), Some(EmptySecret), "{secrets:?}");
        }
    }

    #[test]
    fn a_handshake_asks_for_the_apps_own_token() {
        let app = app("1", &["secret"]);
        assert_eq!(["hello", "hell", "hello!", ""].map(|t| app.expects(t)), [true, false, false, false]);
    }
}

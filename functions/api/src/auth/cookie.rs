//! The refresh token and its cookie: `<sign-in>.<secret>`, stored as a hash, rotated at every use.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{input, keys::Keys, problem::Problem};

/// `__Host-`: only over TLS, for this host alone, whatever the path.
const NAME: &str = "__Host-rt";
/// How long a sign-in lives without a refresh, in days.
pub const LIFE_DAYS: u64 = 30;

/// A refresh token, as a client holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The sign-in's id.
    pub session: String,
    secret: String,
}

impl RefreshToken {
    /// The first of a sign-in.
    pub fn new(session: String, secret: [u8; 32]) -> Self {
        Self { session, secret: URL_SAFE_NO_PAD.encode(secret) }
    }

    /// What follows this one, with each of the install's keys: so a lost answer can be given again.
    pub fn successors(&self, keys: &Keys) -> Vec<Self> {
        let parts = ["refresh", self.session.as_str(), self.secret.as_str()];
        keys.macs(&parts).map(|secret| Self::new(self.session.clone(), secret)).collect()
    }

    /// What is stored of it. The secret has 256 random bits, so a plain hash is enough.
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.secret.as_bytes()))
    }

    /// From the request's cookies.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, token) = pairs.find(|(name, _)| *name == NAME)?;
        let (session, secret) = token.split_once('.')?;
        let sound = |text: &str| !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_graphic());
        (sound(session) && sound(secret)).then(|| Self { session: session.to_owned(), secret: secret.to_owned() })
    }

    pub fn cookie(&self) -> HeaderValue {
        set(&format!("{}.{}", self.session, self.secret), LIFE_DAYS * 86_400)
    }
}

/// Takes the cookie away.
pub fn none() -> HeaderValue {
    set("", 0)
}

fn set(value: &str, max_age_seconds: u64) -> HeaderValue {
    let text = format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={max_age_seconds}");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// Refuses what another site could make a browser send: a foreign origin, and a browser's request without the header that
/// only a script of ours can add. A program that is no browser sends no `Origin`, and no cookie that it does not mean to.
pub fn same_site(headers: &HeaderMap, public_url: &str) -> Result<(), Problem> {
    let refused = || Problem::forbidden("foreign_origin", "This works from the app's own origin alone.");
    let origin = input::header(headers, "origin");
    let site = input::header(headers, "sec-fetch-site");
    if headers.contains_key("origin") && origin != Some(public_url) || site.is_some_and(|site| site != "same-origin") {
        return Err(refused());
    }
    let browser = origin.is_some() || site.is_some();
    if browser && !headers.contains_key("x-requested-with") { Err(refused()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_the_apps_own_script_may_use_the_cookie_in_a_browser() {
        const OURS: &str = "https://inbox.test";
        for (pairs, allowed) in [
            (&[("origin", OURS), ("x-requested-with", "switchboard")][..], true),
            (&[("origin", OURS), ("sec-fetch-site", "same-origin"), ("x-requested-with", "x")], true),
            (&[], true), // No browser.
            (&[("origin", OURS)], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("origin", "https://evil.test"), ("x-requested-with", "x")], false),
            (&[("origin", "null"), ("x-requested-with", "x")], false),
            (&[("origin", "https://inbox.test.evil.test"), ("x-requested-with", "x")], false),
            (&[("sec-fetch-site", "cross-site"), ("x-requested-with", "x")], false),
            (&[("sec-fetch-site", "same-site"), ("x-requested-with", "x")], false),
        ] {
            assert_eq!(same_site(&headers(pairs), OURS).is_ok(), allowed, "{pairs:?}");
        }
    }

    #[test]
    fn a_token_comes_back_out_of_its_cookie() {
        let token = RefreshToken::new("s1".to_owned(), [7; 32]);
        let cookie = token.cookie();
        let (pair, rest) = cookie.to_str().unwrap().split_once("; ").unwrap();
        assert_eq!(rest, "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=2592000");
        let sent = HeaderValue::try_from(format!("a=b; {pair}; c=d")).unwrap();
        let back = RefreshToken::of(&HeaderMap::from_iter([(header::COOKIE, sent)]));
        assert_eq!(back.map(|t| (t.session.clone(), t.hash())), Some(("s1".to_owned(), token.hash())));
    }

    #[test]
    fn a_successor_can_be_made_again_after_a_new_key_came() {
        let old = Keys::parse(r#"{"keys":[{"kid":"1","secret":"11"}]}"#).unwrap();
        let new = Keys::parse(r#"{"keys":[{"kid":"2","secret":"22"},{"kid":"1","secret":"11"}]}"#).unwrap();
        let token = RefreshToken::new("s1".to_owned(), [7; 32]);
        let hashes = |keys| token.successors(keys).iter().map(RefreshToken::hash).collect::<Vec<_>>();
        assert_eq!(hashes(&old)[0], hashes(&new)[1]);
    }
}

//! [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), with the key that
//! each signature of a day is made with kept, and hashed by `ring`: the SDK's signer was a twentieth of what an intake's call costs.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_credential_types::Credentials;
use http::header::{AUTHORIZATION, HOST, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA256, Key, Tag, sign};

use super::Cause;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// What stays of a path; all services but S3 sign it encoded once more than it is sent.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Signs the calls of one service in one region.
#[derive(Debug)]
pub(crate) struct Signer {
    service: &'static str,
    region: String,
    kept: Mutex<Option<Arc<DayKey>>>,
}

/// What a secret signs with on one day.
struct DayKey {
    secret: String,
    day: String,
    key: Key,
}

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DayKey").field("day", &self.day).finish_non_exhaustive()
    }
}

/// What is signed of a request; it has no query.
pub(crate) struct Signed<'a> {
    pub method: &'a str,
    pub uri: &'a Uri,
    /// Hex SHA-256 of its body.
    pub hash: &'a str,
}

impl Signer {
    pub(crate) fn new(service: &'static str, region: String) -> Self {
        Self { service, region, kept: Mutex::new(None) }
    }

    /// Adds the time, the session's token and the signature of all the headers to the headers.
    pub(crate) fn sign(
        &self,
        request: &Signed<'_>,
        headers: &mut HeaderMap,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<(), Cause> {
        let time = Timestamp::try_from(now)?.strftime("%Y%m%dT%H%M%SZ").to_string();
        let day = &time[..8];
        headers.insert(DATE, HeaderValue::from_str(&time)?);
        if let Some(token) = credentials.session_token() {
            headers.insert(TOKEN, secret(token)?);
        }
        let (canonical, names) = canonical(request, headers)?;
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let text = format!("{ALGORITHM}\n{time}\n{scope}\n{}", hex::encode(digest(&SHA256, canonical.as_bytes())));
        let signature = hex::encode(sign(&self.key(credentials.secret_access_key(), day).key, text.as_bytes()));
        let id = credentials.access_key_id();
        let told = format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
        headers.insert(AUTHORIZATION, secret(&told)?);
        Ok(())
    }

    fn key(&self, secret: &str, day: &str) -> Arc<DayKey> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(known) if known.secret == secret && known.day == day => Arc::clone(known),
            _ => Arc::clone(kept.insert(Arc::new(self.derived(secret, day)))),
        }
    }

    fn derived(&self, secret: &str, day: &str) -> DayKey {
        let by = |key: Tag, text: &str| sign(&Key::new(HMAC_SHA256, key.as_ref()), text.as_bytes());
        let of_day = sign(&Key::new(HMAC_SHA256, format!("AWS4{secret}").as_bytes()), day.as_bytes());
        let key = by(by(by(of_day, &self.region), self.service), "aws4_request");
        DayKey { secret: secret.to_owned(), day: day.to_owned(), key: Key::new(HMAC_SHA256, key.as_ref()) }
    }
}

/// A header that no log shows.
fn secret(value: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(value)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The request as it is hashed, and the names of its headers.
fn canonical(request: &Signed<'_>, headers: &HeaderMap) -> Result<(String, String), Cause> {
    let host = request.uri.authority().ok_or("the address has no host")?.as_str();
    let mut all = vec![(HOST.as_str(), host)];
    for (name, value) in headers {
        all.push((name.as_str(), value.to_str()?));
    }
    all.sort_unstable();
    let path = utf8_percent_encode(request.uri.path(), PATH);
    let mut text = format!("{}\n{path}\n\n", request.method);
    for (name, value) in &all {
        writeln!(text, "{name}:{value}")?;
    }
    let names = all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    write!(text, "\n{names}\n{}", request.hash)?;
    Ok((text, names))
}

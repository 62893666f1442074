//! Links to a tenant's files: signed when they are read, by the tenant's own session, good for minutes.
//!
//! Whoever holds a link can read the file until it ends, so it is given after the same check as the message, and never logged.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use domain::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Key;

/// How long a link lives, from the start of the [`SPAN`] in which it was signed.
pub const LIFE: Duration = Duration::from_mins(10);

/// Links that are signed in one span of the clock are the same text, so that a browser has to load a picture once. So a link
/// lives 5 to 10 minutes, or until the tenant's session ends, which is renewed 3 minutes before.
pub const SPAN: Duration = Duration::from_mins(5);

/// Where browsers find the bucket.
#[derive(Clone, Debug)]
pub struct Files {
    /// The bucket's own address, without a slash at its end.
    pub url: String,
    /// Its name.
    pub bucket: String,
    pub region: String,
}

/// What a browser does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// It shows or plays it: for types that carry no script.
    Inline,
    /// It saves it under this name, whatever it is.
    Saved { as_name: &'a str },
}

/// Signs links for one tenant, at one time.
pub struct Links<'a> {
    files: &'a Files,
    identity: Identity,
    at: SystemTime,
}

/// A link that cannot be made; its text names no key.
#[derive(Debug, thiserror::Error)]
#[error("a link cannot be signed: {0}")]
pub struct Unsigned(String);

/// What RFC 3986 leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl<'a> Links<'a> {
    /// `session` is the tenant's: it opens nothing of any other tenant.
    pub fn new(files: &'a Files, session: Credentials, now: Timestamp) -> Self {
        let seconds = u64::try_from(now.millis()).unwrap_or(0) / 1_000;
        let since = seconds - seconds % SPAN.as_secs();
        Self { files, identity: session.into(), at: SystemTime::UNIX_EPOCH + Duration::from_secs(since) }
    }

    /// A link to read one object as `content_type`, whatever was said when it was stored.
    pub fn to(&self, key: &Key, content_type: &str, shown: Shown<'_>) -> Result<String, Unsigned> {
        let disposition = match shown {
            Shown::Inline => "inline".to_owned(),
            Shown::Saved { as_name } => saved_as(as_name),
        };
        let [content_type, disposition] = [content_type, &disposition].map(|t| utf8_percent_encode(t, UNRESERVED));
        let address = format!(
            "{}/{}?response-content-disposition={disposition}&response-content-type={content_type}",
            self.files.url,
            key.as_str()
        );
        self.signed(&address)
    }

    /// A link to read one object as it is: for functions, not for browsers.
    pub fn plain(&self, key: &Key) -> Result<String, Unsigned> {
        self.signed(&format!("{}/{}", self.files.url, key.as_str()))
    }

    fn signed(&self, address: &str) -> Result<String, Unsigned> {
        let unsigned = |error: &dyn std::fmt::Display| Unsigned(error.to_string());
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(LIFE);
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        settings.session_token_mode = SessionTokenMode::Include;
        let params = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.files.region)
            .name("s3")
            .time(self.at)
            .settings(settings)
            .build()
            .map_err(|e| unsigned(&e))?;
        let authority = address.parse::<http::Uri>().map_err(|e| unsigned(&e))?;
        let host = authority.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        let headers = std::iter::once(("host", host));
        let request = SignableRequest::new("GET", address, headers, SignableBody::UnsignedPayload);
        let output = sign(request.map_err(|e| unsigned(&e))?, &params.into()).map_err(|e| unsigned(&e))?;
        let mut request = http::Request::get(address).body(()).map_err(|e| unsigned(&e))?;
        output.into_parts().0.apply_to_request_http1x(&mut request);
        Ok(request.uri().to_string())
    }
}

/// Both forms of the name: old ones for what cannot read the new.
/// [RFC 6266](https://www.rfc-editor.org/rfc/rfc6266#section-4.3).
fn saved_as(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, UNRESERVED))
}

#[cfg(test)]
mod tests {
    use domain::TenantId;

    use super::*;

    fn link(shown: Shown<'_>, at: i64) -> String {
        let files = Files {
            url: "https://b.s3.eu-west-1.amazonaws.com".to_owned(),
            bucket: "b".to_owned(),
            region: "eu-west-1".to_owned(),
        };
        let session = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let key = Key::media(&TenantId::from_bytes([0; 10]), "abc");
        Links::new(&files, session, Timestamp::from_seconds(at)).to(&key, "image/png", shown).unwrap()
    }

    #[test]
    fn a_link_says_how_its_file_is_shown_and_when_it_ends() {
        let text = link(Shown::Saved { as_name: "קבלה 7.pdf" }, 1_795_000_000);
        let (address, query) = text.split_once('?').unwrap();
        assert_eq!(address, "https://b.s3.eu-west-1.amazonaws.com/t/0000000000000000/media/abc");
        let mut said: Vec<&str> = query.split('&').filter(|p| !p.starts_with("X-Amz-Signature=")).collect();
        said.sort_unstable();
        assert_eq!(
            said,
            [
                "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                "X-Amz-Credential=AKID%2F20261118%2Feu-west-1%2Fs3%2Faws4_request",
                "X-Amz-Date=20261118T110500Z",
                "X-Amz-Expires=600",
                "X-Amz-Security-Token=token",
                "X-Amz-SignedHeaders=host",
                "response-content-disposition=attachment%3B%20filename%3D%22____%207.pdf%22%3B%20filename%2A%3DUTF-8%27%27%25D7%25A7%25D7%2591%25D7%259C%25D7%2594%25207.pdf",
                "response-content-type=image%2Fpng",
            ]
        );
    }

    #[test]
    fn a_picture_keeps_its_link_for_a_while_so_that_it_is_loaded_once() {
        let first = link(Shown::Inline, 1_795_000_200);
        assert_eq!(link(Shown::Inline, 1_795_000_499), first);
        assert_ne!(link(Shown::Inline, 1_795_000_500), first);
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(
            saved_as("a\"; x=\"\r\n.svg"),
            "attachment; filename=\"a_; x=___.svg\"; filename*=UTF-8''a%22%3B%20x%3D%22%0D%0A.svg"
        );
    }
}

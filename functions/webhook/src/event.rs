//! API Gateway's HTTP event: only what a webhook needs of it.
//! [Format 2.0](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).

use std::borrow::Cow;
use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    raw_path: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    query_string_parameters: HashMap<String, String>,
    request_context: Context,
    #[serde(default)]
    body: String,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Debug, Deserialize)]
struct Context {
    http: Http,
}

#[derive(Debug, Deserialize)]
struct Http {
    method: String,
}

/// A body that cannot be what was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadBody {
    TooLong,
    NotBase64,
}

impl Event {
    pub(crate) fn method(&self) -> &str {
        &self.request_context.http.method
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query_string_parameters.get(name).map(String::as_str)
    }

    /// A header by its lower-case name, if it came once. One that came twice says nothing that can be believed: API Gateway
    /// joins the values, and no signature is such a list; another gateway may keep two spellings of the name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) = named.next()?;
        named.next().is_none().then_some(value)
    }

    /// Whether the path names this app, or none in particular: `/webhooks/meta` and `/webhooks/meta/{app_id}`.
    pub(crate) fn is_for(&self, app_id: &str) -> bool {
        let named = self.raw_path.strip_prefix("/webhooks/meta").unwrap_or_default().trim_matches('/');
        named.is_empty() || named == app_id
    }

    /// The bytes that the channel sent.
    pub(crate) fn body(&self, max: usize) -> Result<Cow<'_, [u8]>, BadBody> {
        let body = if self.is_base64_encoded {
            if self.body.len() / 4 * 3 > max + 3 {
                return Err(BadBody::TooLong);
            }
            Cow::Owned(STANDARD.decode(self.body.as_bytes()).map_err(|_| BadBody::NotBase64)?)
        } else {
            Cow::Borrowed(self.body.as_bytes())
        };
        if body.len() > max { Err(BadBody::TooLong) } else { Ok(body) }
    }
}

/// What goes back to API Gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Headers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Headers {
    content_type: &'static str,
    x_content_type_options: &'static str,
}

impl Answer {
    pub(crate) fn empty(status_code: u16) -> Self {
        Self { status_code, headers: None, body: None }
    }

    pub(crate) fn text(status_code: u16, body: &str) -> Self {
        let headers = Headers { content_type: "text/plain; charset=utf-8", x_content_type_options: "nosniff" };
        Self { status_code, headers: Some(headers), body: Some(body.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(headers: &str, body: &str, base64: bool) -> String {
        format!(
            r#"{{"rawPath":"/webhooks/meta/1001","headers":{headers},"requestContext":{{"http":{{"method":"POST"}}}},"body":"{body}","isBase64Encoded":{base64}}}"#
        )
    }

    #[test]
    fn a_header_counts_in_any_case_and_only_when_it_came_once() {
        for (headers, value) in [
            (r#"{"X-Hub-Signature-256":"a"}"#, Some("a")),
            (r#"{"x-hub-signature-256":"a","accept":"b"}"#, Some("a")),
            (r#"{"x-hub-signature-256":"a","X-Hub-Signature-256":"a"}"#, None),
            (r#"{"x-hub-signature":"a"}"#, None),
        ] {
            let text = event(headers, "", false);
            let event: Event = serde_json::from_str(&text).unwrap();
            assert_eq!(event.header("x-hub-signature-256"), value, "{headers}");
        }
    }

    #[test]
    fn a_body_is_what_was_sent_and_not_too_long() {
        for (body, base64, expected) in [
            ("abc", false, Ok(b"abc".as_slice())),
            ("YWJj", true, Ok(b"abc".as_slice())),
            ("abcde", false, Err(BadBody::TooLong)),
            ("YWJjZGVmZ2hp", true, Err(BadBody::TooLong)),
            ("Y", true, Err(BadBody::NotBase64)),
        ] {
            let text = event("{}", body, base64);
            let event: Event = serde_json::from_str(&text).unwrap();
            assert_eq!(event.body(4).map(Cow::into_owned), expected.map(<[u8]>::to_vec), "{body}");
        }
    }

    #[test]
    fn a_path_asks_for_one_app_or_for_any() {
        let text = event("{}", "", false);
        let event: Event = serde_json::from_str(&text).unwrap();
        assert_eq!(["1001", "1002"].map(|app| event.is_for(app)), [true, false]);
    }
}

//! What comes in: bodies, queries, ids and headers, each parsed once, each refusal naming the part that is wrong.

use std::str::FromStr;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, request::Parts},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::problem::Problem;

/// The largest body that is read, in bytes.
pub const BODY_MAX: usize = 256 * 1024;

/// A JSON body. Unknown fields are refused by the types themselves.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Problem::new(StatusCode::BAD_REQUEST, "unreadable_body", "The body could not be read."),
        })?;
        parse(&bytes).map(Self)
    }
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "A body may have 256 KB at most.")
}

/// Reads a body. What is wrong with it is told by field, never by quoting it.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // An absent body is an empty one: every field of it is missing, or none is needed.
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    // serde reads a list as an object without names; we do not.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::invalid("body", "invalid", "The body is a JSON object."));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refused(&error))?;
    json.end().map_err(|_| Problem::invalid("body", "invalid_json", "The body goes on after its JSON."))?;
    Ok(value)
}

/// Reads a part of a body that has been read already; `at` is its place there, e.g. `parts[0]`.
pub fn value<T: DeserializeOwned>(at: &str, value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| refused_at(at, &error))
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if !error.inner().is_data() {
        return Problem::invalid("body", "invalid_json", "The body is no JSON.");
    }
    refused_at("", error)
}

fn refused_at(at: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let path = match (at, error.path().to_string()) {
        (at, path) if path == "." => at.to_owned(),
        ("", path) => path,
        (at, path) => format!("{at}.{path}"),
    };
    let said = error.inner().to_string();
    let named = |before: &str| said.strip_prefix(before)?.split('`').next().map(str::to_owned);
    let within = |name: String| match path.as_str() {
        "" => name,
        // For an unknown field the path may name it already.
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    if let Some(name) = named("missing field `") {
        return Problem::invalid(within(name), "missing", "This field is needed.");
    }
    if let Some(name) = named("unknown field `") {
        return Problem::invalid(within(name), "unknown_field", "There is no such field.");
    }
    let field = if path.is_empty() { "body".to_owned() } else { path };
    Problem::invalid(field, "invalid", "This has a type or a value that is not taken here.")
}

/// A query string.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
        let mut object = serde_json::Map::new();
        for (name, value) in pairs {
            if object.insert(name.to_string(), value.into()).is_some() {
                return Err(Problem::invalid(name, "invalid", "This is given more than once."));
            }
        }
        serde_path_to_error::deserialize(serde_json::Value::Object(object)).map(Self).map_err(|error| refused(&error))
    }
}

/// How many entries of a list are asked for; 50 unless told.
pub fn limit(asked: Option<&str>, max: usize) -> Result<usize, Problem> {
    let Some(text) = asked else { return Ok(50) };
    let number = text.parse().ok().filter(|n| (1..=max).contains(n));
    number.ok_or_else(|| Problem::invalid("limit", "invalid", format!("A number from 1 to {max}.")))
}

/// The id in the path. What is no id answers as an id that nobody has.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// For a field that must be there, though it may be `null`.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(d)
}

/// A header's text.
pub fn header<'a>(parts: &'a axum::http::HeaderMap, name: &str) -> Option<&'a str> {
    parts.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Letter {
        to: String,
        parts: Vec<Part>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        text: String,
    }

    #[test]
    fn a_refusal_names_the_field_and_quotes_nothing() {
        for (body, field, code) in [
            (r#"{"to": "a""#, "body", "invalid_json"),
            (r#" ["a", []]"#, "body", "invalid"),
            (r#""secret""#, "body", "invalid"),
            ("", "to", "missing"),
            ("{}", "to", "missing"),
            (r#"{"to": 1, "parts": []}"#, "to", "invalid"),
            (r#"{"to": null, "parts": []}"#, "to", "invalid"),
            (r#"{"to": "a", "parts": [], "id": 1}"#, "id", "unknown_field"),
            (r#"{"to": "a", "parts": [{"text": "x"}, {}]}"#, "parts[1].text", "missing"),
            (r#"{"to": "a", "parts": [{"text": ["secret"]}]}"#, "parts[0].text", "invalid"),
            (r#"{"to": "a", "parts": [{"text": "x", "rev": 1}]}"#, "parts[0].rev", "unknown_field"),
            (r#"{"to": "a", "parts": []} x"#, "body", "invalid_json"),
        ] {
            let problem = parse::<Letter>(body.as_bytes()).unwrap_err();
            let mut seen = None;
            let problem = problem.with(|p| seen = p.field.clone());
            assert_eq!((seen.as_deref(), problem.code()), (Some(field), code), "{body}");
            assert!(!format!("{problem:?}").contains("secret"), "{body}");
        }
    }
}

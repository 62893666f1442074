//! What the API answers when it does not do as asked: RFC 9457 problem JSON with a stable `code`.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::Timestamp;
use frame::resource::{ConversationJson, MessageJson};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem, as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) writes it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemJson {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:switchboard:problem:validation")]
    pub kind: String,
    #[schema(example = "Unprocessable Entity")]
    pub title: &'static str,
    pub status: u16,
    /// One sentence for the developer; an app translates by `code`.
    pub detail: String,
    #[schema(example = "validation")]
    pub code: &'static str,
    /// On 422: the part of the request that is wrong, e.g. `parts[0].text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// Find the request in the logs by it.
    pub request_id: String,
    /// On `version_conflict`: the conversation as it stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub current: Option<Box<ConversationJson>>,
    /// On `newer_reply`: the newest `seq` that a teammate wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub newest_seq: Option<u64>,
    /// On `newer_reply`: what came after `expected_seq`, newest first, at most 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub newer: Option<Vec<MessageJson>>,
    /// On `tenant_required`: the slugs to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tenants: Option<Vec<String>>,
    /// On `window_closed`: what may be sent instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub alternatives: Option<Vec<Alternative>>,
}

/// A way to reach the customer although the window is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Alternative {
    pub kind: AlternativeKind,
    /// Until when it is allowed; `null`: it does not end.
    #[schema(required)]
    pub ends_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlternativeKind {
    /// A template that the channel has approved.
    Template,
    /// A person's answer, marked as such, within seven days.
    HumanAgent,
}

/// An answer other than the one asked for. The request's id joins it on the way out ([`crate::answer`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    body: Box<ProblemJson>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let body = ProblemJson {
            kind: format!("urn:switchboard:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            field: None,
            request_id: String::new(),
            current: None,
            newest_seq: None,
            newer: None,
            tenants: None,
            alternatives: None,
        };
        Self { body: Box::new(body), headers: Vec::new() }
    }

    /// For an unknown id, a foreign id and what is no id at all alike.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here under this address.")
    }

    pub fn unauthorized(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    pub fn forbidden(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// A part of the request that cannot be taken.
    pub fn invalid(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        problem.body.field = Some(field.into());
        problem
    }

    pub fn conflict(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// Something that another try in a moment will mend.
    pub fn busy() -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Try again in a moment.");
        problem.retry_after(1)
    }

    /// Ours to mend; the log says more than the answer.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.")
    }

    /// In seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn with(mut self, more: impl FnOnce(&mut ProblemJson)) -> Self {
        more(&mut self.body);
        self
    }

    pub fn code(&self) -> &'static str {
        self.body.code
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The whole answer, for this request.
    pub fn render(mut self, request_id: &str) -> Response {
        request_id.clone_into(&mut self.body.request_id);
        let json = serde_json::to_vec(&self.body).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        let mut response = (self.status(), kind, json).into_response();
        response.headers_mut().extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<table::Error> for Problem {
    fn from(error: table::Error) -> Self {
        match error {
            table::Error::Retry(_) => {
                tracing::warn!(%error, "the table was busy");
                Self::busy()
            }
            table::Error::Denied(_) | table::Error::Corrupt(_) => {
                tracing::error!(%error, "the table refused");
                Self::internal()
            }
        }
    }
}

//! The door of a service: whoever comes in shows a session, and is let in for what its role allows.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Caller, Form, Guard, asked};
use crate::aws::sts::Sts;

/// Larger than any request that a service takes.
const BODY_MAX: usize = 128 * 1024 * 1024;

/// Which service is behind a door: each has its own way to say no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Queues.
    Sqs,
    /// Objects.
    S3,
    /// Secrets.
    SecretsManager,
    /// Sessions.
    Sts,
}

/// Who is let in, and by whose rules.
#[derive(Clone)]
pub struct Doorkeeper {
    /// The template's roles.
    pub guard: Arc<Guard>,
    /// Knows the sessions.
    pub sts: Sts,
    /// The role that may do everything.
    pub host: String,
}

impl Doorkeeper {
    /// Puts the door before a service.
    pub fn before(&self, service: Service, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state((self.clone(), service), enter))
    }

    /// `Err`: AWS's code, and its words.
    fn judge(&self, service: Service, head: &Parts, body: &[u8]) -> Result<(), (&'static str, String)> {
        let form = (service == Service::S3).then(|| Form::of(head, body)).flatten();
        let token = form.as_ref().map_or_else(|| token(head), |form| form.token.clone());
        let session = self.sts.resolve(&token).ok_or_else(|| {
            ("InvalidClientTokenId", "The security token included in the request is invalid.".to_owned())
        })?;
        if session.role_arn == self.host {
            return Ok(());
        }
        let caller = Caller { role_arn: session.role_arn, tags: session.tags };
        let denied = |message| ("AccessDenied", message);
        let json = || serde_json::from_slice(body).unwrap_or(Value::Null);
        let operation = || operation(head);
        let asked = match service {
            Service::Sqs => asked::of_sqs(&operation(), &json()),
            Service::SecretsManager => asked::of_secrets(&operation(), &json()),
            Service::S3 => match form {
                Some(Form { key, .. }) => asked::of_s3(&head.method, &format!("{}/{key}", head.uri.path()), ""),
                None => asked::of_s3(&head.method, head.uri.path(), head.uri.query().unwrap_or_default()),
            },
            Service::Sts => return self.judge_sts(&caller, body).map_err(denied),
        };
        self.guard.allow(&caller, &asked).map_err(denied)
    }

    /// Anyone may ask who it is; a role is assumed by those whom it trusts.
    fn judge_sts(&self, caller: &Caller, body: &[u8]) -> Result<(), String> {
        let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        if form.get("Action").is_none_or(|action| action != "AssumeRole") {
            return Ok(());
        }
        let (role, context) = asked::of_sts(&form);
        self.guard.trust(caller, &role, &context)
    }
}

async fn enter(State((keeper, service)): State<(Doorkeeper, Service)>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    match keeper.judge(service, &head, &body) {
        Ok(()) => next.run(Request::from_parts(head, Body::from(body))).await,
        Err((code, message)) => refusal(service, code, &message),
    }
}

/// The session's token: a header, or a part of a presigned link.
fn token(head: &Parts) -> String {
    let header = head.headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
    let presigned = || {
        let mut pairs = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
        pairs.find(|(name, _)| name.eq_ignore_ascii_case("x-amz-security-token")).map(|(_, token)| token.into_owned())
    };
    header.map(str::to_owned).or_else(presigned).unwrap_or_default()
}

/// The last part of `AmazonSQS.SendMessage`.
fn operation(head: &Parts) -> String {
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

/// A refusal as the service words it.
fn refusal(service: Service, code: &'static str, message: &str) -> Response {
    tracing::warn!(?service, code, message, "IAM refused");
    let escaped = message.replace('&', "&amp;").replace('<', "&lt;");
    let error = format!("<Code>{code}</Code><Message>{escaped}</Message>");
    let (content, body) = match service {
        Service::Sqs => (
            "application/x-amz-json-1.0",
            json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": message }).to_string(),
        ),
        Service::SecretsManager => (
            "application/x-amz-json-1.1",
            json!({ "__type": format!("{code}Exception"), "Message": message }).to_string(),
        ),
        Service::S3 => ("application/xml", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>{error}</Error>")),
        Service::Sts => {
            ("text/xml", format!("<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"))
        }
    };
    let mut answer = (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, content)], Bytes::from(body)).into_response();
    if service == Service::Sqs
        && let Ok(query_error) = format!("{code};Sender").parse()
    {
        answer.headers_mut().insert("x-amzn-query-error", query_error);
    }
    answer
}

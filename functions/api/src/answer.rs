//! What every answer has in common: the request's id, the headers that browsers obey, one line in the log.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::{ConversationId, TenantId};
use lambda_http::request::RequestContext;

use crate::problem::Problem;

/// Names one request in answers and logs.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Told by the guard to the log: whose request it was.
#[derive(Clone, Debug)]
pub struct Whose(pub TenantId);

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The outermost layer: everything passes here, what the router itself refuses too.
pub async fn finish(mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let conversation_id = conversation_of(request.uri().path());
    request.extensions_mut().insert(RequestId(id.clone()));

    let mut response = next.run(request).await;
    let whose = response.extensions_mut().remove::<Whose>();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.render(&id);
    }
    let headers = response.headers_mut();
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.extend(HeaderValue::from_str(&id).map(|id| (HeaderName::from_static("x-request-id"), id)));
    let (status, ms) = (response.status().as_u16(), u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
    tracing::info!(request_id = id, tenant_id = whose.as_ref().map(|whose| whose.0.as_str()), conversation_id, %method, route, status, ms, "answered");
    response
}

/// The conversation that an address is about, if it names one.
fn conversation_of(path: &str) -> Option<String> {
    let id: ConversationId = path.strip_prefix("/v1/conversations/")?.split('/').next()?.parse().ok()?;
    Some(id.to_string())
}

/// API Gateway's id of the request. A request that did not come through it has none.
fn request_id(request: &Request) -> String {
    match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone().unwrap_or_default(),
        Some(_) | None => String::new(),
    }
}

/// Nothing is routed there.
pub async fn no_route() -> Problem {
    Problem::not_found()
}

//! Whether a browser may call the bucket from another origin, as the bucket's rules say.
//! [CORS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html).

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::template::CorsRule;

/// Puts the bucket's rules before a service that knows none.
pub(crate) fn before(rules: Vec<CorsRule>, router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(rules, answer))
}

async fn answer(State(rules): State<Vec<CorsRule>>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let text = |name: HeaderName| text(&headers, name);
    let Some(origin) = text(header::ORIGIN) else { return next.run(request).await };
    let asked = text(header::ACCESS_CONTROL_REQUEST_METHOD);
    let method = asked.clone().unwrap_or_else(|| request.method().to_string());
    let rule = rules.iter().find(|rule| rule.allows(&origin, &method)).cloned();
    if request.method() == Method::OPTIONS && asked.is_some() {
        return match rule {
            Some(rule) => with(&rule, text(header::ACCESS_CONTROL_REQUEST_HEADERS), StatusCode::OK.into_response()),
            None => StatusCode::FORBIDDEN.into_response(),
        };
    }
    let answer = next.run(request).await;
    match rule {
        Some(rule) => with(&rule, None, answer),
        None => answer,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Any origin is told to be any, which forbids cookies.
fn with(rule: &CorsRule, headers: Option<String>, mut answer: Response) -> Response {
    let said = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, Some("*".to_owned())),
        (header::ACCESS_CONTROL_ALLOW_METHODS, Some(rule.methods.join(", "))),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, headers.filter(|_| rule.headers.iter().any(|header| header == "*"))),
    ];
    for (name, value) in said {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

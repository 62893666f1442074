//! Lambda's Invoke API, so that `cargo lambda invoke` reaches the running functions.
//! [Reference](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Doors;
use crate::lambda::Failure;

pub(super) const PATH: &str = "/2015-03-31/functions/{name}/invocations";

const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");

/// Invokes a function by its binary's name. It is for who sits at this machine: nobody else, and no page in their browser.
pub(super) async fn invoke(
    State(doors): State<Doors>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    Path(name): Path<String>,
    headers: HeaderMap,
    event: Bytes,
) -> Response<Body> {
    if !source.ip().is_loopback() || headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        return refusal(StatusCode::FORBIDDEN, "AccessDeniedException", "only this machine's own tools may invoke");
    }
    match doors.watched.lambda.invoke_binary(&name, event).await {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer).into_response(),
        Err(fault @ Failure::Unknown(_)) => {
            refusal(StatusCode::NOT_FOUND, "ResourceNotFoundException", &fault.to_string())
        }
        Err(fault @ Failure::TooLarge(_)) => {
            refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", &fault.to_string())
        }
        Err(fault) => failed(fault),
    }
}

/// A function that failed is a success of the API; a header tells.
fn failed(fault: Failure) -> Response<Body> {
    let body = match fault {
        Failure::Function(told) => serde_json::from_str(&told).unwrap_or(Value::String(told)),
        other => json!({ "errorMessage": other.to_string() }),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (FUNCTION_ERROR, HeaderValue::from_static("Unhandled")),
    ];
    (headers, body.to_string()).into_response()
}

fn refusal(status: StatusCode, kind: &'static str, why: &str) -> Response<Body> {
    let headers = [(header::CONTENT_TYPE, "application/json"), (HeaderName::from_static("x-amzn-errortype"), kind)];
    (status, headers, json!({ "Message": why }).to_string()).into_response()
}

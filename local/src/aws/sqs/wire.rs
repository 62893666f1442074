//! SQS on the wire: AWS JSON 1.0, one operation by its `X-Amz-Target`.
//! [Protocol](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html).

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use super::{Sqs, operations};

/// An error as AWS words it: its shape's name and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn status(&self) -> StatusCode {
        match self.code {
            "InternalFailure" => StatusCode::INTERNAL_SERVER_ERROR,
            "ResourceNotFoundException" => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The name that the older query protocol had for it; SDKs read it from a header.
    fn query_code(&self) -> &'static str {
        match self.code {
            "QueueNameExists" => "QueueAlreadyExists",
            "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue",
            "BatchEntryIdsNotDistinct" => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            "InvalidBatchEntryId" => "AWS.SimpleQueueService.InvalidBatchEntryId",
            "UnsupportedOperation" => "AWS.SimpleQueueService.UnsupportedOperation",
            "EmptyBatchRequest" => "AWS.SimpleQueueService.EmptyBatchRequest",
            "TooManyEntriesInBatchRequest" => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            "BatchRequestTooLong" => "AWS.SimpleQueueService.BatchRequestTooLong",
            "MessageNotInflight" => "AWS.SimpleQueueService.MessageNotInflight",
            code => code,
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let query_error = format!("{};Sender", self.query_code());
        let body = json!({ "__type": format!("com.amazonaws.sqs#{}", self.code), "message": self.message });
        let headers =
            [(header::CONTENT_TYPE, JSON), (header::HeaderName::from_static("x-amzn-query-error"), &query_error)];
        (self.status(), headers, body.to_string()).into_response()
    }
}

const JSON: &str = "application/x-amz-json-1.0";

/// Larger than any request may be: SQS takes 1 MiB, and says so itself.
const BODY_MAX: usize = 4 * 1024 * 1024;

pub fn router(sqs: Sqs) -> Router {
    let limit = DefaultBodyLimit::max(BODY_MAX);
    Router::new().route("/", post(answer)).fallback(post(answer)).layer(limit).with_state(sqs)
}

async fn answer(State(sqs): State<Sqs>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
    let Some(operation) = target.strip_prefix("AmazonSQS.") else {
        return Fault::new("InvalidAction", "The request names no operation of SQS.").into_response();
    };
    let Ok(input) = serde_json::from_slice::<Value>(&body) else {
        return Fault::new("SerializationException", "The body is not JSON.").into_response();
    };
    match operations::run(&sqs, operation, &input).await {
        Ok(output) => ([(header::CONTENT_TYPE, JSON)], output.to_string()).into_response(),
        Err(fault) => fault.into_response(),
    }
}

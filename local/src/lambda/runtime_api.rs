//! The Lambda Runtime API: one server, a path per worker (`/w7/2018-06-01/runtime/…`).
//! [Reference](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::json;

use super::invocation::{Failure, RESPONSE_MAX_BYTES};
use super::pool::Worker;
use crate::listen::lock;

/// Who is who: workers by the number in their path.
#[derive(Clone, Default)]
pub(super) struct Workers {
    known: Arc<Mutex<HashMap<u64, Weak<Worker>>>>,
    next: Arc<AtomicU64>,
}

impl Workers {
    pub(super) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn add(&self, worker: &Arc<Worker>) {
        lock(&self.known).insert(worker.number, Arc::downgrade(worker));
    }

    pub(super) fn remove(&self, number: u64) {
        lock(&self.known).remove(&number);
    }

    fn of(&self, path: &str) -> Option<Arc<Worker>> {
        let number = path.strip_prefix('w')?.parse().ok()?;
        lock(&self.known).get(&number)?.upgrade()
    }
}

pub(super) fn router(workers: Workers) -> Router {
    let base = "/{worker}/2018-06-01/runtime";
    Router::new()
        .route(&format!("{base}/invocation/next"), get(next))
        .route(&format!("{base}/invocation/{{request}}/response"), post(response))
        .route(&format!("{base}/invocation/{{request}}/error"), post(error))
        .route(&format!("{base}/init/error"), post(init_error))
        // Over the limit is an answer of its own, so a little more must come through.
        .layer(DefaultBodyLimit::max(2 * RESPONSE_MAX_BYTES))
        .with_state(workers)
}

async fn next(State(workers): State<Workers>, Path(worker): Path<String>) -> Response {
    let Some(worker) = workers.of(&worker) else { return gone() };
    let Some(invocation) = worker.next().await else { return gone() };
    let answer = Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header("lambda-runtime-aws-request-id", &invocation.request_id)
        .header("lambda-runtime-deadline-ms", invocation.deadline_ms)
        .header("lambda-runtime-invoked-function-arn", &invocation.arn)
        .body(Body::from(invocation.event.clone()));
    match answer {
        Ok(answer) => {
            worker.begin(invocation);
            answer
        }
        Err(fault) => {
            tracing::error!(%fault, "an invocation's headers are malformed");
            gone()
        }
    }
}

async fn response(
    State(workers): State<Workers>,
    Path((worker, request)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(worker) = workers.of(&worker) else { return gone() };
    let too_large = body.len() > RESPONSE_MAX_BYTES;
    let answer = if too_large { Err(Failure::TooLarge(body.len())) } else { Ok(body) };
    match worker.finish(&request, answer) {
        false => gone(), // Its time was over, and the caller has its answer.
        true if too_large => (StatusCode::PAYLOAD_TOO_LARGE, status("RequestEntityTooLarge")).into_response(),
        true => (StatusCode::ACCEPTED, status("OK")).into_response(),
    }
}

async fn error(
    State(workers): State<Workers>,
    Path((worker, request)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(worker) = workers.of(&worker) else { return gone() };
    match worker.finish(&request, Err(Failure::Function(String::from_utf8_lossy(&body).into_owned()))) {
        true => (StatusCode::ACCEPTED, status("OK")).into_response(),
        false => gone(),
    }
}

/// A function that cannot begin (a missing setting, as a rule) says so and ends; who waits for it hears its words.
async fn init_error(State(workers): State<Workers>, Path(worker): Path<String>, body: Bytes) -> Response {
    if let Some(worker) = workers.of(&worker) {
        worker.told(String::from_utf8_lossy(&body).into_owned());
    }
    (StatusCode::ACCEPTED, status("OK")).into_response()
}

fn status(text: &str) -> String {
    json!({ "status": text }).to_string()
}

fn gone() -> Response {
    let body = json!({ "errorMessage": "no such invocation", "errorType": "InvalidRequestID" });
    (StatusCode::FORBIDDEN, body.to_string()).into_response()
}

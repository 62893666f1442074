//! DynamoDB and its streams: dynoxide on SQLite, behind a front that asks whether the caller may.

mod no_change;
mod stream_log;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dynoxide::Database;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::sync::Notify;

pub(crate) use self::no_change::is_change;
use self::stream_log::StreamLog;
use super::Data;

/// Asked before each operation: the request's headers (whose session), the action (`PutItem`…), its input. An error is
/// answered to the caller, and nothing happens.
pub type Hook = Arc<dyn Fn(&HeaderMap, &str, &Value) -> Result<(), Denied> + Send + Sync>;

/// Why an operation is refused, in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// `AccessDeniedException`, `ProvisionedThroughputExceededException`…
    pub code: &'static str,
    pub message: String,
}

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database cannot be opened: {0}")]
    Database(String),
    #[error("the database has no port: {0}")]
    Port(#[from] std::io::Error),
}

#[derive(Clone)]
pub struct DynamoDb {
    database: Database,
    log: StreamLog,
    /// Where dynoxide itself listens: on this machine alone, and only the front knows where.
    inner: String,
    http: Client<HttpConnector, Full<Bytes>>,
    changed: Arc<Notify>,
}

/// Largest request that DynamoDB takes.
const BODY_MAX: usize = 16 * 1024 * 1024;

/// How often items past their time are swept out. AWS takes up to days; here it is soon, so that one sees it.
const SWEEP: Duration = Duration::from_secs(1);

/// dynoxide wants to see a signature, and does not check it: the front knows who asks.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

const JSON: &str = "application/x-amz-json-1.0";

impl DynamoDb {
    /// Opens `dynamodb.db`, or starts empty, and serves until the process ends.
    pub async fn open(data: &Data) -> Result<Self, OpenError> {
        let file = data.file("dynamodb.db");
        let database = match &file {
            Some(file) => Database::new(path(file)),
            None => Database::memory(),
        };
        let database = database.map_err(|e| OpenError::Database(e.to_string()))?;
        // A commit leaves the process without waiting for the disk: it outlives a `kill -9`, if not a power cut.
        database.disable_bulk_loading().map_err(|e| OpenError::Database(e.to_string()))?;
        let log = StreamLog::of(file.as_deref()).map_err(|e| OpenError::Database(e.to_string()))?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let inner = format!("http://{}/", listener.local_addr()?);
        serve_apart(listener, database.clone())?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { database, log, inner, http, changed: Arc::new(Notify::new()) })
    }

    /// Serves the wire protocol, each operation first shown to the hook.
    pub fn router(&self, hook: Hook) -> Router {
        let limit = DefaultBodyLimit::max(BODY_MAX);
        Router::new().route("/", post(front)).layer(limit).with_state((self.clone(), hook))
    }

    /// Runs one operation of DynamoDB or of its streams, with everyone's rights. `Err` is the error as JSON.
    pub async fn call(&self, action: &str, input: &Value) -> Result<Value, Value> {
        let (status, _, body) = self.forward(action, input.to_string().into()).await;
        let output = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if status.is_success() { Ok(output) } else { Err(output) }
    }

    /// The database itself, for whoever reads its streams.
    pub fn database(&self) -> Database {
        self.database.clone()
    }

    /// Told after each write.
    pub fn changed(&self) -> Arc<Notify> {
        Arc::clone(&self.changed)
    }

    /// Takes records that are older than a day out of a table's stream, up to this place and with it. Returns how many.
    pub async fn trim_stream(&self, table: &str, up_to: i64, now_ms: u64) -> usize {
        let (log, table) = (self.log.clone(), table.to_owned());
        match tokio::task::spawn_blocking(move || log.trim(&table, up_to, now_ms)).await {
            Ok(Ok(trimmed)) => trimmed,
            Ok(Err(fault)) => {
                tracing::warn!(%fault, "a stream was not trimmed");
                0
            }
            Err(_) => 0, // The host is ending.
        }
    }

    /// Deletes items past their time, each second, for ever.
    pub async fn sweep_forever(self) {
        let mut tick = tokio::time::interval(SWEEP);
        loop {
            tick.tick().await;
            let database = self.database.clone();
            match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
                Ok(Ok(0)) | Err(_) => {}
                Ok(Ok(_)) => self.changed.notify_waiters(),
                Ok(Err(fault)) => tracing::warn!(%fault, "expired items were not swept"),
            }
        }
    }

    async fn forward(&self, action: &str, body: Bytes) -> (StatusCode, HeaderMap, Bytes) {
        let api = if is_of_streams(action) { "DynamoDBStreams_20120810" } else { "DynamoDB_20120810" };
        let request = Request::post(&self.inner)
            .header(header::CONTENT_TYPE, JSON)
            .header("x-amz-target", format!("{api}.{action}"))
            .header(header::AUTHORIZATION, SIGNED)
            .header("x-amz-date", "20260101T000000Z")
            .body(Full::new(body));
        let answered = async {
            let answer = self.http.request(request?).await?;
            let (head, body) = answer.into_parts();
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((
                head.status,
                head.headers,
                body.collect().await?.to_bytes(),
            ))
        };
        match answered.await {
            Ok((status, mut headers, mut bytes)) => {
                if action == "GetRecords"
                    && let Some(changes) = no_change::changes_only(&bytes)
                {
                    bytes = changes;
                    headers.remove("x-amz-crc32"); // It was the other answer's.
                }
                if status.is_success() && writes(action) {
                    self.changed.notify_waiters();
                }
                (status, headers, bytes)
            }
            Err(fault) => {
                tracing::error!(%fault, "the database did not answer");
                let body = json!({ "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError" });
                (StatusCode::INTERNAL_SERVER_ERROR, HeaderMap::new(), body.to_string().into())
            }
        }
    }
}

/// dynoxide's handlers block on SQLite: it has a thread and a runtime of its own, so that nothing else waits for it.
fn serve_apart(listener: std::net::TcpListener, database: Database) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("dynamodb".to_owned()).spawn(move || {
        runtime.block_on(async {
            match tokio::net::TcpListener::from_std(listener) {
                Ok(listener) => dynoxide::server::serve_on(listener, database).await,
                Err(fault) => tracing::error!(%fault, "the database cannot listen"),
            }
        });
    })?;
    Ok(())
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap_or_default()
}

fn is_of_streams(action: &str) -> bool {
    matches!(action, "ListStreams" | "DescribeStream" | "GetShardIterator" | "GetRecords")
}

fn writes(action: &str) -> bool {
    matches!(action, "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems")
}

async fn front(State((dynamo, hook)): State<(DynamoDb, Hook)>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
    let action = target.rsplit('.').next().unwrap_or_default().to_owned();
    let input = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if let Err(denied) = hook(&headers, &action, &input) {
        let body =
            json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{}", denied.code), "message": denied.message });
        return (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response();
    }
    let (status, from, bytes) = dynamo.forward(&action, body).await;
    let mut answer = (status, [(header::CONTENT_TYPE, JSON)], bytes).into_response();
    if let Some(sum) = from.get("x-amz-crc32") {
        answer.headers_mut().insert("x-amz-crc32", sum.clone());
    }
    answer
}

//! A stand-in for `@connections` that remembers: what each socket was sent, and which were closed.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, post},
};

use crate::Poster;

/// A socket whose id starts so is gone.
pub const GONE: &str = "gone";

#[derive(Clone, Default)]
pub struct Sockets {
    sent: Arc<Mutex<Vec<(String, serde_json::Value)>>>,
    closed: Arc<Mutex<Vec<String>>>,
}

impl Sockets {
    /// Everything that was sent since the last time, by connection and in order.
    pub fn take(&self) -> Vec<(String, serde_json::Value)> {
        let mut sent = std::mem::take(&mut *self.sent.lock().expect("no sender panicked"));
        sent.sort_by(|a, b| a.0.cmp(&b.0));
        sent
    }

    pub fn closed(&self) -> Vec<String> {
        self.closed.lock().expect("no sender panicked").clone()
    }
}

/// Starts it, and a poster that posts to it.
pub async fn start() -> (Sockets, Poster) {
    let sockets = Sockets::default();
    let path = "/@connections/{id}";
    let router = Router::new().route(path, post(send).merge(delete(close))).with_state(sockets.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let credentials = aws_credential_types::Credentials::new("test", "test", None, None, "test");
    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::new("eu-central-1"))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint);
    let connector = SharedHttpConnector::new(aws_smithy_http_client::Connector::builder().build_http());
    (sockets, Poster::new(&config.build(), connector))
}

async fn send(State(sockets): State<Sockets>, Path(id): Path<String>, body: String) -> StatusCode {
    if id.starts_with(GONE) {
        return StatusCode::GONE;
    }
    let frame = serde_json::from_str(&body).unwrap_or(serde_json::Value::String(body));
    sockets.sent.lock().expect("no sender panicked").push((id, frame));
    StatusCode::OK
}

async fn close(State(sockets): State<Sockets>, Path(id): Path<String>) -> StatusCode {
    sockets.closed.lock().expect("no sender panicked").push(id);
    StatusCode::NO_CONTENT
}

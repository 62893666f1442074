//! The open sockets, and `@connections`: how functions reach them.
//! [Management API](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE;
use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc;

use crate::clock;
use crate::listen::lock;

/// Largest message either way:
/// [128 KB](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
pub const MESSAGE_MAX_BYTES: usize = 128 * 1024;
/// Frames that may wait for a slow client; one more ends its connection.
const BUFFER: usize = 256;

/// What the gateway is told to do with a socket.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    Send(Bytes),
    Close,
}

/// Who is connected.
#[derive(Clone, Default)]
pub struct Connections {
    open: Arc<Mutex<HashMap<String, Connection>>>,
    /// Tests: a post to any of these answers 410, though it is open.
    gone: Arc<Mutex<Vec<String>>>,
}

struct Connection {
    orders: mpsc::Sender<Order>,
    connected_ms: u64,
    active_ms: u64,
    source_ip: IpAddr,
    user_agent: String,
}

impl Connections {
    /// Sockets open now.
    pub fn count(&self) -> usize {
        lock(&self.open).len()
    }

    /// Their ids.
    pub fn ids(&self) -> Vec<String> {
        lock(&self.open).keys().cloned().collect()
    }

    /// Makes each post to this connection answer 410, as if it were gone: a fault for tests.
    pub fn pretend_gone(&self, id: &str) {
        lock(&self.gone).push(id.to_owned());
    }

    /// Cuts every socket without a goodbye, as a lost network would.
    pub fn cut_all(&self) {
        lock(&self.open).clear();
    }

    pub(super) fn add(&self, id: &str, source_ip: IpAddr, user_agent: String) -> mpsc::Receiver<Order> {
        let (orders, inbox) = mpsc::channel(BUFFER);
        let now = clock::now_ms();
        let connection = Connection { orders, connected_ms: now, active_ms: now, source_ip, user_agent };
        lock(&self.open).insert(id.to_owned(), connection);
        inbox
    }

    pub(super) fn remove(&self, id: &str) {
        lock(&self.open).remove(id);
    }

    pub(super) fn touched(&self, id: &str) {
        if let Some(connection) = lock(&self.open).get_mut(id) {
            connection.active_ms = clock::now_ms();
        }
    }

    /// Puts an order into a socket's buffer. A full buffer means a client that does not read: it is dropped.
    pub(super) fn order(&self, id: &str, order: Order) -> bool {
        if lock(&self.gone).iter().any(|gone| gone == id) {
            return false;
        }
        let mut open = lock(&self.open);
        let Some(connection) = open.get_mut(id) else { return false };
        connection.active_ms = clock::now_ms();
        let taken = connection.orders.try_send(order).is_ok();
        if !taken {
            open.remove(id);
        }
        taken
    }

    fn describe(&self, id: &str) -> Option<serde_json::Value> {
        let open = lock(&self.open);
        let connection = open.get(id)?;
        Some(json!({
            "connectedAt": clock::rfc3339(connection.connected_ms),
            "identity": { "sourceIp": connection.source_ip.to_string(), "userAgent": connection.user_agent },
            "lastActiveAt": clock::rfc3339(connection.active_ms),
        }))
    }
}

/// A new connection id in the shape of AWS's: base64 that ends in `=`.
pub(super) fn connection_id() -> String {
    let mut bytes = [0_u8; 11];
    if getrandom::fill(&mut bytes).is_err() {
        bytes[..8].copy_from_slice(&clock::now_ms().to_be_bytes());
    }
    BASE64_URL_SAFE.encode(bytes)
}

/// The management API, for functions alone: it is served on a port of its own.
pub fn router(connections: Connections) -> Router {
    Router::new()
        .route("/@connections/{id}", post(send).get(show).delete(close))
        .route("/{stage}/@connections/{id}", post(send_staged).get(show_staged).delete(close_staged))
        .layer(DefaultBodyLimit::max(10 * MESSAGE_MAX_BYTES))
        .with_state(connections)
}

async fn send(State(connections): State<Connections>, Path(id): Path<String>, body: Bytes) -> Response {
    if body.len() > MESSAGE_MAX_BYTES {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException");
    }
    answer(connections.order(&id, Order::Send(body)), StatusCode::OK)
}

async fn show(State(connections): State<Connections>, Path(id): Path<String>) -> Response {
    match connections.describe(&id) {
        Some(shown) => ([(header::CONTENT_TYPE, "application/json")], shown.to_string()).into_response(),
        None => answer(false, StatusCode::OK),
    }
}

async fn close(State(connections): State<Connections>, Path(id): Path<String>) -> Response {
    answer(connections.order(&id, Order::Close), StatusCode::NO_CONTENT)
}

async fn send_staged(connections: State<Connections>, Path((_, id)): Path<(String, String)>, body: Bytes) -> Response {
    send(connections, Path(id), body).await
}

async fn show_staged(connections: State<Connections>, Path((_, id)): Path<(String, String)>) -> Response {
    show(connections, Path(id)).await
}

async fn close_staged(connections: State<Connections>, Path((_, id)): Path<(String, String)>) -> Response {
    close(connections, Path(id)).await
}

fn answer(reached: bool, status: StatusCode) -> Response {
    if reached { status.into_response() } else { refused(StatusCode::GONE, "GoneException") }
}

fn refused(status: StatusCode, kind: &'static str) -> Response {
    let headers = [("x-amzn-errortype", kind), ("content-type", "application/json")];
    (status, headers, json!({ "message": kind }).to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_takes_orders_until_its_buffer_is_full() {
        let connections = Connections::default();
        let mut inbox = connections.add("a=", IpAddr::from([127, 0, 0, 1]), "scene".to_owned());
        assert!(connections.order("a=", Order::Send(Bytes::from_static(b"1"))));
        assert_eq!(inbox.try_recv(), Ok(Order::Send(Bytes::from_static(b"1"))));
        let taken = (0..BUFFER + 2).filter(|_| connections.order("a=", Order::Close)).count();
        assert_eq!((taken, connections.count()), (BUFFER, 0));
    }
}

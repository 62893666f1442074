//! A socket from its handshake to its end.
//! [Limits](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::connections::{Connections, MESSAGE_MAX_BYTES, Order, connection_id};
use super::socket_event::Client;
use crate::clock;
use crate::lambda::{Lambda, request_id};
use crate::template::SocketRoute;

/// Largest frame that a client may send; a larger one closes with 1009.
const FRAME_MAX_BYTES: usize = 32 * 1024;

/// A socket zeroes this much before each read, and keeps it: there may be thousands, and what they send is short.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// A connection without a message either way ends after this.
pub const IDLE: Duration = Duration::from_secs(10 * 60);
/// No connection lives longer.
pub const LIFE: Duration = Duration::from_secs(2 * 60 * 60);

/// The WebSocket API.
#[derive(Clone)]
pub struct Sockets {
    /// Its routes.
    pub routes: Arc<Vec<SocketRoute>>,
    /// Who runs behind them.
    pub lambda: Lambda,
    /// Who is connected.
    pub connections: Connections,
    /// How long a silent connection lives.
    pub idle: Duration,
    /// How long any connection lives.
    pub life: Duration,
}

/// Why a socket ended, as a close code and its reason.
type End = (u16, &'static str);

impl Sockets {
    /// Asks `$connect`; only a 2xx lets the handshake through.
    pub(super) async fn accept(
        self,
        upgrade: WebSocketUpgrade,
        headers: HeaderMap,
        query: String,
        source_ip: IpAddr,
    ) -> Response {
        let Some(first) = self.routes.first() else { return StatusCode::NOT_FOUND.into_response() };
        let now_ms = clock::now_ms();
        let client = Client::new(connection_id(), &first.api, &first.stage, &headers, source_ip, now_ms);
        if let Some(route) = self.route("$connect") {
            let event = client.connect(&headers, &query, &request_id(), now_ms);
            match self.invoke(route, &event).await.and_then(|answer| status_of(&answer)) {
                Some(status) if status.is_success() => {}
                Some(status) => return status.into_response(),
                None => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
        let upgrade = upgrade.max_frame_size(FRAME_MAX_BYTES).max_message_size(MESSAGE_MAX_BYTES);
        let upgrade = upgrade.read_buffer_size(READ_BUFFER_BYTES);
        upgrade.on_upgrade(move |socket| self.live(socket, client))
    }

    fn route(&self, key: &str) -> Option<&SocketRoute> {
        self.routes.iter().find(|route| route.key == key)
    }

    async fn invoke(&self, route: &SocketRoute, event: &Value) -> Option<Bytes> {
        let invocation = self.lambda.invoke(&route.function, event.to_string().into());
        tokio::time::timeout(Duration::from_millis(route.timeout_ms), invocation).await.ok()?.ok()
    }

    async fn live(self, mut socket: WebSocket, client: Client) {
        let mut orders = self.connections.add(&client.id, client.source_ip, client.user_agent.clone());
        let client = Arc::new(client);
        let (code, reason) = self.pump(&mut socket, &mut orders, &client).await;
        self.connections.remove(&client.id);
        let frame = CloseFrame { code, reason: reason.into() };
        if socket.send(Message::Close(Some(frame))).await.is_err() {
            tracing::debug!(connection = client.id, "the client had left already");
        }
        if let Some(route) = self.route("$disconnect") {
            let event = client.disconnect(code, reason, &request_id(), clock::now_ms());
            self.invoke(route, &event).await;
        }
    }

    async fn pump(&self, socket: &mut WebSocket, orders: &mut mpsc::Receiver<Order>, client: &Arc<Client>) -> End {
        let ends = Instant::now() + self.life;
        let mut silent_until = Instant::now() + self.idle;
        loop {
            tokio::select! {
                frame = socket.recv() => match frame {
                    Some(Ok(Message::Text(text))) => self.message(client, text.as_str()),
                    // The gateway takes no binary frames.
                    Some(Ok(Message::Binary(_))) => return (1003, "Binary is not supported"),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(frame))) => return (frame.map_or(1005, |frame| frame.code), "Client-side close frame status not set"),
                    Some(Err(fault)) if fault.to_string().contains("too long") || fault.to_string().contains("too large") => {
                        return (1009, "Message too big");
                    }
                    Some(Err(_)) | None => return (1006, "Connection Closed Abnormally"),
                },
                order = orders.recv() => match order {
                    Some(Order::Send(bytes)) => {
                        let text = String::from_utf8_lossy(&bytes).into_owned();
                        if socket.send(Message::text(text)).await.is_err() {
                            return (1006, "Connection Closed Abnormally");
                        }
                    }
                    Some(Order::Close) => return (1000, "Connection closed"),
                    None => return (1001, "Going away"),
                },
                () = tokio::time::sleep_until(silent_until.min(ends)) => return (1001, "Going away"),
            }
            silent_until = Instant::now() + self.idle;
            self.connections.touched(&client.id);
        }
    }

    /// Messages of one client run side by side, as they do in AWS: an order among them is not promised.
    fn message(&self, client: &Arc<Client>, text: &str) {
        let (sockets, client, text) = (self.clone(), client.clone(), text.to_owned());
        tokio::spawn(async move {
            let id = request_id();
            let Some(route) = sockets.chosen(&text) else {
                return sockets
                    .reply(&client, json!({ "message": "Forbidden", "connectionId": client.id, "requestId": id }));
            };
            let event = client.message(&route.key, &text, &id, clock::now_ms());
            match sockets.invoke(route, &event).await {
                None => sockets.reply(
                    &client,
                    json!({ "message": "Internal server error", "connectionId": client.id, "requestId": id }),
                ),
                Some(answer) if route.replies => {
                    let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
                    if let Some(body) = answer["body"].as_str().filter(|body| !body.is_empty()) {
                        sockets.connections.order(&client.id, Order::Send(Bytes::from(body.to_owned())));
                    }
                }
                Some(_) => {}
            }
        });
    }

    /// The route that the selection expression names, else `$default`.
    fn chosen(&self, text: &str) -> Option<&SocketRoute> {
        let body: Value = serde_json::from_str(text).unwrap_or_default();
        let selector = self.routes.first().and_then(|route| route.selector.as_deref()).unwrap_or_default();
        let named = selector.split('.').fold(&body, |value, name| &value[name]).as_str();
        named.filter(|name| !name.starts_with('$')).and_then(|name| self.route(name)).or_else(|| self.route("$default"))
    }

    fn reply(&self, client: &Client, body: Value) {
        self.connections.order(&client.id, Order::Send(body.to_string().into()));
    }
}

fn status_of(answer: &[u8]) -> Option<StatusCode> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    StatusCode::from_u16(u16::try_from(answer["statusCode"].as_u64()?).ok()?).ok()
}

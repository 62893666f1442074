//! Plays API Gateway and CloudFront: HTTP API, WebSocket API, the web app, and the host's own pages, on one address.

pub mod app_files;
pub mod connections;
mod http_event;
mod invoke_api;
pub mod observe;
pub mod route;
mod socket_event;
pub mod websocket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::json;

use self::app_files::AppFiles;
use self::http_event::{Arrival, event, response};
use self::observe::Watched;
use self::route::{Pattern, choose};
use self::websocket::Sockets;
use crate::clock;
use crate::lambda::{Failure, Lambda, request_id};
use crate::template::HttpRoute;

/// Largest request body of an HTTP API:
/// [10 MB](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
const BODY_MAX_BYTES: usize = 10 * 1024 * 1024;

/// The HTTP API: its routes, taken apart once.
#[derive(Clone)]
pub struct HttpApi {
    patterns: Arc<Vec<Pattern>>,
    routes: Arc<Vec<HttpRoute>>,
    lambda: Lambda,
}

impl HttpApi {
    /// An API of these routes before these functions.
    pub fn new(routes: Vec<HttpRoute>, lambda: Lambda) -> Self {
        let patterns = routes.iter().map(|route| Pattern::new(&route.key)).collect();
        Self { patterns: Arc::new(patterns), routes: Arc::new(routes), lambda }
    }

    /// Whether a path is the API's, whatever its method: it shares a first part with a route.
    fn owns(&self, path: &str) -> bool {
        let first = |path: &str| path.split('/').nth(1).unwrap_or_default().to_owned();
        let here = first(path);
        self.routes.iter().any(|route| route.key.split_once(' ').is_some_and(|(_, path)| first(path) == here))
    }

    async fn handle(&self, request: Request, source: SocketAddr) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Some((index, variables)) = choose(&self.patterns, parts.method.as_str(), parts.uri.path()) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        let Ok(body) = to_bytes(body, BODY_MAX_BYTES).await else {
            return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
        };
        let (route, id) = (&self.routes[index], request_id());
        let arrival = Arrival {
            route_key: &route.key,
            api: &route.api,
            variables,
            source_ip: source.ip(),
            request_id: &id,
            now_ms: clock::now_ms(),
        };
        let event = event(&parts, &body, &arrival).to_string();
        let invocation = self.lambda.invoke(&route.function, event.into());
        let mut answer = match tokio::time::timeout(Duration::from_millis(route.timeout_ms), invocation).await {
            Err(_) => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Ok(Err(Failure::TooLarge(bytes))) if bytes > body.len() && !body.is_empty() => {
                message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
            }
            Ok(Err(_)) => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Ok(Ok(answer)) => {
                response(&answer).unwrap_or_else(|| message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"))
            }
        };
        if let Ok(id) = id.parse() {
            answer.headers_mut().insert("apigw-requestid", id);
        }
        answer
    }
}

#[derive(Clone)]
struct Doors {
    api: HttpApi,
    sockets: Sockets,
    app: Arc<AppFiles>,
    watched: Watched,
}

/// Everything on the gateway's address; `more` is what others add to it (the simulators).
pub fn router(api: HttpApi, sockets: Sockets, app: AppFiles, watched: Watched, more: Router) -> Router {
    let doors = Doors { api, sockets, app: Arc::new(app), watched };
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/ws", get(socket))
        .route(invoke_api::PATH, post(invoke_api::invoke).layer(DefaultBodyLimit::max(BODY_MAX_BYTES)))
        .fallback(anything)
        .with_state(doors)
        .merge(more)
}

async fn ready(State(doors): State<Doors>) -> (StatusCode, &'static str) {
    if doors.watched.is_ready() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

async fn metrics(State(doors): State<Doors>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], doors.watched.page())
}

async fn socket(
    State(doors): State<Doors>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response<Body> {
    doors.sockets.accept(upgrade, headers, uri.query().unwrap_or_default().to_owned(), source.ip()).await
}

async fn anything(
    State(doors): State<Doors>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response<Body> {
    if doors.api.owns(request.uri().path()) {
        doors.api.handle(request, source).await
    } else {
        doors.app.serve(request.method(), request.uri().path()).await
    }
}

fn message(status: StatusCode, text: &str) -> Response<Body> {
    let body = json!({ "message": text }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

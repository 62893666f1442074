//! One origin before the two APIs, as the distribution is in AWS; ministack's CloudFront serves files alone.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// [Largest body](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html) of an HTTP API: 10 MB.
const BODY_MAX: usize = 10 * 1024 * 1024;

/// Headers of one hop, which the next one makes for itself.
const OF_ONE_HOP: [header::HeaderName; 4] =
    [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// A listening front; it closes when it is dropped.
pub(crate) struct Front {
    pub(crate) url: String,
    behind: Arc<OnceLock<Behind>>,
    server: JoinHandle<()>,
}

struct Behind {
    http_api: String,
    invoke: String,
}

#[derive(Clone)]
struct Way {
    client: reqwest::Client,
    behind: Arc<OnceLock<Behind>>,
}

impl Front {
    pub(crate) async fn open(client: reqwest::Client, more_routes: impl FnOnce(&str) -> Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = Arc::<OnceLock<Behind>>::default();
        let onward = Router::new().fallback(pass).with_state(Way { client, behind: behind.clone() });
        let router = more_routes(&url).merge(onward);
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, behind, server }
    }

    /// From now on the APIs are reached through it.
    pub(crate) fn stand_before(&self, http_api: String, invoke: String) {
        assert!(self.behind.set(Behind { http_api, invoke }).is_ok(), "it stands before a stack already");
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Behind {
    /// `/v1/*` and `/webhooks/*` as the template's distribution has them, and what `cargo lambda invoke` asks.
    fn address(&self, path: &str) -> Option<String> {
        if let Some(function) = path.strip_prefix("/2015-03-31/functions/") {
            return Some(format!("{}{function}", self.invoke));
        }
        (path.starts_with("/v1/") || path.starts_with("/webhooks/")).then(|| format!("{}{path}", self.http_api))
    }
}

async fn pass(State(way): State<Way>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |it| it.as_str());
    let Some(address) = way.behind.get().and_then(|behind| behind.address(path)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(body) = to_bytes(body, BODY_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let onward = way.client.request(head.method, address).headers(carried(head.headers)).body(body);
    match onward.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), carried(answer.headers().clone()));
            (status, headers, Body::from(answer.bytes().await.unwrap_or_default())).into_response()
        }
        Err(fault) => (StatusCode::BAD_GATEWAY, fault.to_string()).into_response(),
    }
}

fn carried(mut headers: HeaderMap) -> HeaderMap {
    OF_ONE_HOP.iter().for_each(|name| while headers.remove(name).is_some() {});
    headers
}

//! A Graph that follows a script: what it answers to each send, and what it does before.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use futures_util::Future;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A text that Graph was asked to send.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// The id that Graph gives it.
    pub id: String,
    /// Digits, without `+`.
    pub to: String,
    pub text: String,
    /// `biz_opaque_callback_data`.
    pub reference: String,
}

/// What becomes of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Accept,
    /// Accepted; the answer breaks off.
    AcceptAndDrop,
    /// Not accepted, with Graph's error code.
    Refuse(StatusCode, u32),
}

type Script = Arc<dyn Fn(Sent) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// Graph on a port of its own. It proves any token for any number.
pub struct Graph {
    pub base_url: String,
    ledger: Ledger,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
}

type Ledger = Arc<Mutex<Vec<(Sent, Answer)>>>;

struct Playing {
    ledger: Ledger,
    script: Arc<Mutex<Script>>,
}

impl Graph {
    /// Starts it; it accepts everything, until it is told otherwise.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let ledger = Ledger::default();
        let accept: Script = Arc::new(|_| Box::pin(async { Answer::Accept }));
        let script = Arc::new(Mutex::new(accept));
        let playing = Arc::new(Playing { ledger: ledger.clone(), script: script.clone() });
        let router = Router::new()
            .route("/{version}/{number}/messages", routing::post(messages))
            .route("/{version}/{number}", routing::get(number))
            .with_state(playing);
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base_url, ledger, script, server }
    }

    /// From now on each send goes by this script. It may take its time: the caller waits.
    pub fn play<F: Future<Output = Answer> + Send + 'static>(
        &self,
        script: impl Fn(Sent) -> F + Send + Sync + 'static,
    ) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(move |sent| Box::pin(script(sent)));
    }

    /// Every send that it was asked for, in the order in which it answered.
    pub fn asked(&self) -> Vec<(Sent, Answer)> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those that it accepted, whether or not the answer arrived.
    pub fn accepted(&self) -> Vec<Sent> {
        let accepted = |(sent, answer)| (!matches!(answer, Answer::Refuse(..))).then_some(sent);
        self.asked().into_iter().filter_map(accepted).collect()
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn number(Path((_version, number)): Path<(String, String)>) -> Json<Value> {
    Json(
        json!({ "id": number, "verified_name": "Scene", "display_phone_number": "+1 555 0100", "quality_rating": "GREEN" }),
    )
}

async fn messages(State(playing): State<Arc<Playing>>, Json(request): Json<Value>) -> Response {
    if request["status"] == "read" {
        return Json(json!({ "success": true })).into_response();
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = playing.ledger.lock().unwrap_or_else(PoisonError::into_inner).len();
    let reference = text(&request["biz_opaque_callback_data"]);
    let sent = Sent {
        id: format!("wamid.OUT{number}.{reference}"),
        to: text(&request["to"]).trim_start_matches('+').to_owned(),
        text: text(&request["text"]["body"]),
        reference,
    };
    let script = playing.script.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // Graph does what it does, also when the caller has hung up.
    let (ledger, act) = (playing.ledger.clone(), script(sent.clone()));
    let deed = tokio::spawn(async move {
        let answer = act.await;
        ledger.lock().unwrap_or_else(PoisonError::into_inner).push((sent.clone(), answer.clone()));
        (sent, answer)
    });
    let (sent, answer) = deed.await.unwrap();
    match answer {
        Answer::Accept => Json(json!({
            "messaging_product": "whatsapp",
            "contacts": [{ "input": sent.to, "wa_id": sent.to }],
            "messages": [{ "id": sent.id }],
        }))
        .into_response(),
        Answer::AcceptAndDrop => cut_off(),
        Answer::Refuse(status, code) => {
            let error = json!({ "message": "No.", "type": "OAuthException", "code": code, "fbtrace_id": "scene" });
            (status, Json(json!({ "error": error }))).into_response()
        }
    }
}

fn cut_off() -> Response {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut off on purpose")) });
    (StatusCode::OK, [(header::CONTENT_LENGTH, "64")], Body::from_stream(broken)).into_response()
}

//! Graph for WhatsApp, as far as Switchboard asks it: send a text, mark as read, read a number, tell where a file lies.
//! [Messages](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::SimAccount;
use super::faults::take;
use super::refusal::Refusal;
use super::send::{Accepted, Request, accept, mark_read};
use super::store::State as Everything;
use super::{Playing, files};

/// Paths of Graph, below the simulator's own.
pub(super) fn routes() -> Router<Arc<Playing>> {
    Router::new()
        .route("/simulator/graph/{version}/{number}/messages", routing::post(messages))
        .route("/simulator/graph/{version}/{number}", routing::get(node))
}

#[derive(Deserialize)]
struct Node {
    number: String,
}

/// The access token that the caller shows.
pub(super) fn token(headers: &HeaderMap) -> &str {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

/// The number that the caller may act for.
fn authorized(state: &Everything, headers: &HeaderMap, number: &str) -> Result<SimAccount, Refusal> {
    let token = token(headers);
    if state.faults.revoked || !state.accounts.values().any(|account| account.access_token == token) {
        return Err(Refusal::token());
    }
    let own = state.accounts.get(number).filter(|account| account.access_token == token);
    own.cloned().ok_or_else(Refusal::number)
}

/// A number of a business, or a file.
async fn node(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let mut state = playing.store.state();
    if !state.faults.revoked && state.files.contains_key(&node.number) {
        let now = (playing.now)();
        return files::describe(&mut state, &playing.gateway, token(&headers), &node.number, now).map(Json);
    }
    let account = authorized(&state, &headers, &node.number)?;
    Ok(Json(json!({
        "id": account.phone_number_id, "verified_name": account.name,
        "display_phone_number": account.display_phone_number, "quality_rating": "GREEN",
    })))
}

async fn messages(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let delay = playing.store.state().faults.delay_ms;
    tokio::time::sleep(Duration::from_millis(delay)).await;
    match act(&playing, &node.number, &headers, &body).await {
        Ok(answer) => answer,
        Err(refusal) => refusal.into_response(),
    }
}

async fn act(playing: &Arc<Playing>, number: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
    let account = authorized(&playing.store.state(), headers, number)?;
    let request = Request::parse(body)?;
    if request.marks_read() {
        let changes = mark_read(&mut playing.store.state(), &account, &request, (playing.now)())?;
        playing.store.keep(changes).await;
        return Ok(Json(json!({ "success": true })).into_response());
    }
    let (accepted, dropped) = {
        let mut state = playing.store.state();
        refused_on_purpose(&mut state)?;
        let accepted = accept(&mut state, &account, &request, (playing.now)(), playing.pace)?;
        (accepted, take(&mut state.faults.accept_and_drop))
    };
    let Accepted { answer, changes, parcels } = accepted;
    playing.store.keep(changes).await;
    playing.dispatch(parcels);
    Ok(if dropped { cut_off() } else { Json(answer).into_response() })
}

fn refused_on_purpose(state: &mut Everything) -> Result<(), Refusal> {
    let faults = &mut state.faults;
    if take(&mut faults.status_429) {
        return Err(Refusal::too_fast());
    }
    if take(&mut faults.status_500) {
        return Err(Refusal::out_of_order());
    }
    if take(&mut faults.refuse) { Err(Refusal::undeliverable()) } else { Ok(()) }
}

/// An answer that breaks off before it says anything.
fn cut_off() -> Response {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut off on purpose")) });
    (StatusCode::OK, [(header::CONTENT_LENGTH, "64")], Body::from_stream(broken)).into_response()
}

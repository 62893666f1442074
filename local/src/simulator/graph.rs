//! Graph for WhatsApp, as far as Switchboard asks it: send, mark as read, read a number, templates, take a file, tell where
//! one lies.
//! [Messages](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::SimAccount;
use super::faults::take;
use super::onboarding::webhook_configuration;
use super::refusal::Refusal;
use super::send::{Accepted, Request, accept, mark_read};
use super::store::{Parcel, State as Everything, kept_file, kept_parcel, kept_templates};
use super::templates::handed_in;
use super::thread::{ThreadKey, Tick};
use super::webhook::template_status;
use super::{Playing, files, uploads};

/// Paths of Graph, below the simulator's own.
pub(super) fn routes() -> Router<Arc<Playing>> {
    Router::new()
        .route("/simulator/graph/{version}/{number}/messages", routing::post(messages))
        .route("/simulator/graph/{version}/{number}/message_templates", routing::get(templates).post(new_template))
        .route(
            "/simulator/graph/{version}/{number}/media",
            routing::post(media).layer(DefaultBodyLimit::max(uploads::BODY_MAX)),
        )
        .route("/simulator/graph/{version}/{number}/uploads", routing::post(begin_upload))
        .route(
            "/simulator/graph/{version}/{number}",
            routing::get(node).post(fill_upload).layer(DefaultBodyLimit::max(uploads::BODY_MAX)),
        )
}

#[derive(Deserialize)]
pub(super) struct Node {
    pub(super) number: String,
}

/// The access token that the caller shows.
pub(super) fn token(headers: &HeaderMap) -> &str {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

/// The number that the caller may act for.
pub(super) fn authorized(state: &Everything, headers: &HeaderMap, number: &str) -> Result<SimAccount, Refusal> {
    let token = token(headers);
    if state.faults.revoked || !state.accounts.values().any(|account| account.access_token == token) {
        return Err(Refusal::token());
    }
    let own = state.accounts.get(number).filter(|account| account.access_token == token);
    own.cloned().ok_or_else(Refusal::number)
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    fields: String,
}

/// A number of a business, or a file.
async fn node(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    Query(asked): Query<Fields>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let mut state = playing.store.state();
    if !state.faults.revoked && state.files.contains_key(&node.number) {
        let now = (playing.now)();
        return files::describe(&mut state, &playing.gateway, token(&headers), &node.number, now).map(Json);
    }
    let account = authorized(&state, &headers, &node.number)?;
    let mut told = json!({
        "id": account.phone_number_id, "verified_name": account.name,
        "display_phone_number": account.display_phone_number, "quality_rating": "GREEN",
    });
    if asked.fields.split(',').any(|field| field == "webhook_configuration") {
        told["webhook_configuration"] = webhook_configuration(&state, &account, &playing.gateway);
    }
    Ok(Json(told))
}

/// One of the business account's numbers, if the caller may act for that account.
pub(super) fn authorized_for_all(
    state: &Everything,
    headers: &HeaderMap,
    waba_id: &str,
) -> Result<SimAccount, Refusal> {
    let of_business = state.accounts.values().filter(|account| account.waba_id == waba_id);
    let mut refusal = Refusal::number();
    for account in of_business {
        match authorized(state, headers, &account.phone_number_id) {
            Ok(account) => return Ok(account),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

#[derive(Deserialize)]
struct Page {
    limit: Option<usize>,
    after: Option<usize>,
}

async fn templates(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let state = playing.store.state();
    authorized_for_all(&state, &headers, &node.number)?;
    let all = state.templates(&node.number);
    let (from, limit) = (page.after.unwrap_or(0), page.limit.unwrap_or(25));
    let to = all.len().min(from + limit);
    let data = all.get(from..to).unwrap_or_default();
    let mut answer =
        json!({ "data": data, "paging": { "cursors": { "before": from.to_string(), "after": to.to_string() } } });
    if to < all.len() {
        answer["paging"]["next"] = json!("https://graph.facebook.com/next");
    }
    Ok(Json(answer))
}

/// Takes a template; it is approved a moment later, and the business is told.
async fn new_template(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let (answer, changes, parcel) = {
        let mut state = playing.store.state();
        let account = authorized_for_all(&state, &headers, &node.number)?;
        let id = 910_000 + state.next_seq();
        let mut template = handed_in(&body, &state.templates(&node.number), &state.examples, id)?;
        let answer = json!({ "id": template["id"], "status": template["status"], "category": template["category"] });
        template["status"] = json!("APPROVED");
        let now = (playing.now)();
        let own = state.handed_in.entry(node.number.clone()).or_default();
        own.push(template.clone());
        let kept = kept_templates(&node.number, own);
        let thread = ThreadKey { phone_number_id: account.phone_number_id.clone(), from: String::new() };
        let due = now + u64::try_from(playing.pace.delivered.as_millis()).unwrap_or_default();
        let body = template_status(&account, &template, now);
        let parcel = Parcel { seq: state.next_seq(), thread, due, message: String::new(), tick: Tick::Delivered, body };
        state.parcels.insert(parcel.seq, parcel.clone());
        (answer, vec![kept, kept_parcel(&parcel)], parcel)
    };
    playing.store.keep(changes).await;
    playing.dispatch(vec![parcel]);
    Ok(Json(answer))
}

/// Takes a file of a business, to be sent by its id.
async fn media(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let file = {
        let mut state = playing.store.state();
        let account = authorized(&state, &headers, &node.number)?;
        if take(&mut state.faults.upload_500) {
            return Err(Refusal::out_of_order());
        }
        uploads::take(&mut state, &account, &headers, &body)?
    };
    playing.store.keep(vec![kept_file(&file)]).await;
    Ok(Json(json!({ "id": file.id })))
}

#[derive(Deserialize)]
struct NewUpload {
    file_length: usize,
    file_type: String,
}

/// Begins an upload of an example for a template's reviewer, to one of the apps.
async fn begin_upload(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    Query(new): Query<NewUpload>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let mut state = playing.store.state();
    known(&state, token(&headers))?;
    if !playing.apps.iter().any(|app| app.app_id == node.number) {
        return Err(Refusal::number());
    }
    if new.file_length == 0 || new.file_type.is_empty() {
        return Err(Refusal::invalid("Param file_length and file_type are required"));
    }
    let id = format!("upload:{}", state.next_seq());
    state.examples.insert(id.clone(), (new.file_length, None));
    Ok(Json(json!({ "id": id })))
}

/// Takes its bytes, all at once.
async fn fill_upload(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut state = playing.store.state();
    known(&state, text("authorization").strip_prefix("OAuth ").unwrap_or_default())?;
    let (length, handle) = state.examples.get_mut(&node.number).ok_or_else(Refusal::number)?;
    if text("file_offset") != "0" || body.len() != *length {
        return Err(Refusal::invalid("The upload is not what was announced"));
    }
    let told = format!("4::{}", node.number);
    *handle = Some(told.clone());
    Ok(Json(json!({ "h": told })))
}

/// Some account's token.
fn known(state: &Everything, token: &str) -> Result<(), Refusal> {
    let is_known = state.accounts.values().any(|account| account.access_token == token);
    if is_known && !state.faults.revoked { Ok(()) } else { Err(Refusal::token()) }
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
    if playing.store.state().numbers.get(number).is_some_and(|number| !number.is_registered) {
        return Err(Refusal::not_registered());
    }
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

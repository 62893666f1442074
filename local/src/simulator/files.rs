//! Files that travel in chats: a customer's phone puts them here, and Graph tells a business where to fetch them.
//! [Media](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media).

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Playing;
use super::customer::Unfit;
use super::faults::take;
use super::refusal::Refusal;
use super::store::{State as Everything, kept_file};

/// Largest file that WhatsApp carries, in bytes.
const FILE_MAX: usize = 100_000_000;

/// How long a link lives, in ms.
const LINK_MS: u64 = 5 * 60 * 1_000;

/// A file and the number that may see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) phone_number_id: String,
    pub(super) mime_type: String,
    /// In base64 where it is kept.
    #[serde(with = "base64")]
    pub(super) body: Bytes,
}

mod base64 {
    use axum::body::Bytes;
    use data_encoding::BASE64;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(body: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(body))
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        BASE64.decode(text.as_bytes()).map(Bytes::from).map_err(D::Error::custom)
    }
}

/// A message's file, as the chat shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub id: String,
    /// WhatsApp's word: `image`, `video`, `audio`, `document` or `sticker`.
    pub kind: String,
    pub mime_type: String,
    #[serde(default)]
    pub name: Option<String>,
    /// A voice note.
    #[serde(default)]
    pub voice: bool,
    /// In base64, as WhatsApp writes it.
    #[serde(default)]
    pub sha256: String,
}

pub(super) fn routes() -> Router<Arc<Playing>> {
    Router::new()
        .route("/simulator/api/files", post(put).layer(DefaultBodyLimit::max(FILE_MAX)))
        .route("/simulator/api/files/{id}", get(look))
        .route("/simulator/files/{id}", get(fetch))
}

#[derive(Deserialize)]
struct Whose {
    phone_number_id: String,
}

/// A customer's phone uploads what it is about to send.
async fn put(
    State(playing): State<Arc<Playing>>,
    Query(whose): Query<Whose>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Unfit> {
    if body.is_empty() {
        return Err(Unfit(StatusCode::UNPROCESSABLE_ENTITY, "the file is empty"));
    }
    let mime_type = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let file = {
        let mut state = playing.store.state();
        let id = format!("88{:010}", state.next_seq());
        let file = File { id, phone_number_id: whose.phone_number_id, mime_type: mime_type.to_owned(), body };
        state.files.insert(file.id.clone(), file.clone());
        file
    };
    playing.store.keep(vec![kept_file(&file)]).await;
    Ok((StatusCode::CREATED, Json(json!({ "id": file.id }))))
}

/// The page of the phone shows what lies in its chats.
async fn look(State(playing): State<Arc<Playing>>, Path(id): Path<String>) -> Response {
    match playing.store.state().files.get(&id) {
        Some(file) => {
            let headers = [
                (header::CONTENT_TYPE, file.mime_type.clone()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
            ];
            (headers, file.body.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Graph's word on a file: where it lies for the next five minutes.
pub(super) fn describe(
    state: &mut Everything,
    gateway: &str,
    token: &str,
    id: &str,
    now: u64,
) -> Result<Value, Refusal> {
    if take(&mut state.faults.media_gone) {
        return Err(Refusal::number());
    }
    let file = state.files.get(id).cloned().ok_or_else(Refusal::number)?;
    let own = state.accounts.get(&file.phone_number_id).is_some_and(|account| account.access_token == token);
    if !own {
        return Err(Refusal::number());
    }
    let ends = if take(&mut state.faults.media_expired) { now } else { now + LINK_MS };
    Ok(json!({
        "messaging_product": "whatsapp", "url": format!("{gateway}/simulator/files/{id}?ends={ends}"),
        "mime_type": file.mime_type, "sha256": checksum(&file.body), "file_size": file.body.len(), "id": id,
    }))
}

/// As WhatsApp writes a SHA-256.
pub(super) fn checksum(body: &[u8]) -> String {
    BASE64.encode(&Sha256::digest(body))
}

#[derive(Deserialize)]
struct Link {
    ends: u64,
}

/// Where the link of [`describe`] leads: it needs the token, too.
async fn fetch(
    State(playing): State<Arc<Playing>>,
    Path(id): Path<String>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Response {
    let token = super::graph::token(&headers);
    let mut state = playing.store.state();
    let Some(file) = state.files.get(&id).cloned() else { return StatusCode::NOT_FOUND.into_response() };
    let own = state.accounts.get(&file.phone_number_id).is_some_and(|account| account.access_token == token);
    if !own {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if (playing.now)() >= link.ends {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [(header::CONTENT_TYPE, file.mime_type)];
    if take(&mut state.faults.media_truncated) {
        return (headers, cut_in_half(&file.body)).into_response();
    }
    if take(&mut state.faults.media_wrong) {
        let wrong: Vec<u8> = file.body.iter().map(|byte| !byte).collect();
        return (headers, wrong).into_response();
    }
    (headers, file.body).into_response()
}

/// A body that ends too soon.
fn cut_in_half(body: &Bytes) -> Body {
    let half = body.slice(..body.len() / 2);
    let pieces = [Ok(half), Err(std::io::Error::other("cut off on purpose"))];
    Body::from_stream(futures_util::stream::iter(pieces))
}

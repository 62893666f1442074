//! `POST /v1/meta/data-deletion`: a person wants what we have of them deleted; and how far that has come.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::Timestamp;
use serde::Serialize;
use serde_json::json;
use table::Deletion;
use utoipa::ToSchema;

use super::{FromMeta, revoke};
use crate::{
    App,
    audit::{self, Deed, META},
    input::{self, Id},
    problem::Problem,
};

/// What Meta shows to the person.
#[derive(Serialize, ToSchema)]
pub struct DeletionReceipt {
    /// Where they see how far it has come, without signing in.
    url: String,
    confirmation_code: String,
}

#[derive(Serialize, ToSchema)]
pub struct DeletionStatus {
    confirmation_code: String,
    status: DeletionState,
    asked_at: Timestamp,
    #[schema(required)]
    done_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeletionState {
    /// It was interrupted; asked for again it goes on.
    InProgress,
    Completed,
}

/// Meta's data deletion callback. What we have of the person who logged in is the tokens that came of it and a note of what they
/// connected: both go, and their accounts wait for a reconnect. Customers' messages are the business's, and stay.
/// [Meta](https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback).
#[utoipa::path(post, path = "/meta/data-deletion", tag = "channels", operation_id = "delete_meta_data",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`signed_request=…`"), responses(
    (status = 200, body = DeletionReceipt, description = "Deleted"),
    (status = 400, description = "`invalid_signed_request`"),
    (status = 401, description = "`forged_signed_request`"),
))]
pub async fn delete(State(app): State<Arc<App>>, meta: FromMeta) -> Result<Json<DeletionReceipt>, Problem> {
    let global = app.tables.global();
    let code = meta.said.code.clone();
    let known = global.deletion(&code).await?;
    if known.as_ref().is_none_or(|deletion| deletion.done_at.is_none()) {
        let asked_at = known.map_or(app.now(), |deletion| deletion.asked_at);
        let deletion = Deletion { code: code.clone(), asked_at, done_at: None };
        global.put_deletion(&deletion).await?;
        let accounts = carry_out(&app, &meta).await?;
        global.put_deletion(&Deletion { done_at: Some(app.now()), ..deletion }).await?;
        tracing::info!(accounts, "a data deletion is done");
    }
    let url = format!("{}/v1/meta/deletions/{code}", app.public_url);
    Ok(Json(DeletionReceipt { url, confirmation_code: code }))
}

/// Audited in each tenant that it concerns, and in the install's log; with the code, never with the person's id.
async fn carry_out(app: &App, meta: &FromMeta) -> Result<usize, Problem> {
    let accounts = revoke::all(app, meta, "channel.data_deleted").await?;
    let global = app.tables.global();
    for grant in global.grants_of(&meta.said.user_id).await? {
        if grant.at.millis() / 1_000 <= meta.said.issued_at.millis() / 1_000 {
            global.delete_grant(&meta.said.user_id, &grant).await?;
        }
    }
    let details = json!({"accounts": accounts});
    let (target, request_id) = (meta.said.code.as_str(), meta.request_id.as_str());
    audit::record(app, None, Deed { actor: META, action: "meta.data_deletion", target, request_id, details }).await?;
    Ok(accounts)
}

/// How far a deletion has come, for whoever has its code: JSON, or a page where a browser asks.
#[utoipa::path(get, path = "/meta/deletions/{id}", tag = "channels", operation_id = "get_meta_deletion",
    params(("id" = String, Path, description = "The confirmation code")), responses(
    (status = 200, body = DeletionStatus, description = "As it stands now"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(State(app): State<Arc<App>>, Id(code): Id<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let is_code = code.len() == 32 && code.bytes().all(|b| b.is_ascii_hexdigit());
    let found = if is_code { app.tables.global().deletion(&code).await? } else { None };
    let deletion = found.ok_or_else(Problem::not_found)?;
    let status = if deletion.done_at.is_some() { DeletionState::Completed } else { DeletionState::InProgress };
    if input::header(&headers, "accept").is_some_and(|accept| accept.contains("text/html")) {
        let html = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
        return Ok((html, page(&deletion.code, status)).into_response());
    }
    let (asked_at, done_at) = (deletion.asked_at, deletion.done_at);
    Ok(Json(DeletionStatus { confirmation_code: deletion.code, status, asked_at, done_at }).into_response())
}

/// The code is hexadecimal, so it needs no escape.
fn page(code: &str, status: DeletionState) -> String {
    let said = match status {
        DeletionState::Completed => "Done: what we held of your Meta login is deleted.",
        DeletionState::InProgress => "Under way. If this stays so, please ask Meta for the deletion again.",
    };
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Data deletion</title>\
         <h1>Data deletion</h1><p>{said}</p><p>Confirmation code: <code>{code}</code></p></html>"
    )
}

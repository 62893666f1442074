//! `/v1/operations/unknown-sends`: sends of which nobody knows whether the channel took them.

use std::sync::Arc;

use axum::{Json, extract::State};
use table::{LedgerKind, LogId};

use super::{Paging, Taken, Trouble, WholeTrouble, desk::Desk, ledger::Accepted, sends};
use crate::{
    App,
    input::{Id, Query},
    page::List,
    problem::Problem,
};

const KIND: LedgerKind = LedgerKind::UnknownSend;

/// Newest first, of the last thirteen months. A page may be short: what has moved on is left out.
#[utoipa::path(get, path = "/operations/unknown-sends", tag = "operations", operation_id = "list_unknown_sends", params(Paging), responses(
    (status = 200, body = List<Trouble>, description = "A page"),
    (status = 422, description = "The cursor is wrong"),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    desk: Desk,
    Query(paging): Query<Paging>,
) -> Result<Json<List<Trouble>>, Problem> {
    sends::list(&app, &desk, KIND, paging).await
}

/// One, without what it says.
#[utoipa::path(get, path = "/operations/unknown-sends/{id}", tag = "operations", operation_id = "get_unknown_sends", params(("id" = String, Path)),
    responses(
    (status = 200, body = WholeTrouble, description = "The redacted whole"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Json<WholeTrouble>, Problem> {
    sends::get(&app, &desk, KIND, &id).await
}

/// Sends it again: the customer may get it twice.
#[utoipa::path(post, path = "/operations/unknown-sends/{id}/replay", tag = "operations", operation_id = "replay_unknown_sends",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "Queued again"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`not_replayable`"),
))]
pub async fn replay(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    sends::replay(&app, &desk, KIND, &id).await
}

/// Takes it off the list; the message stays as it is.
#[utoipa::path(post, path = "/operations/unknown-sends/{id}/discard", tag = "operations", operation_id = "discard_unknown_sends",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "Off the list"),
    (status = 404, description = "`not_found`"),
))]
pub async fn discard(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    sends::discard(&app, &desk, KIND, &id).await
}

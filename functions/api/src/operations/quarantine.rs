//! `/v1/operations/quarantine`: events that could never be understood.

use std::sync::Arc;

use axum::{Json, extract::State};
use table::{LedgerKind, LogId};

use super::{
    Paging, Taken, Trouble, WholeTrouble,
    desk::Desk,
    ledger::{self, Accepted},
};
use crate::{
    App,
    input::{Id, Query},
    page::List,
    problem::Problem,
};

const KIND: LedgerKind = LedgerKind::Quarantine;

/// Newest first, of the last thirteen months.
#[utoipa::path(get, path = "/operations/quarantine", tag = "operations", operation_id = "list_quarantine", params(Paging), responses(
    (status = 200, body = List<Trouble>, description = "A page"),
    (status = 422, description = "The cursor is wrong"),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    desk: Desk,
    Query(paging): Query<Paging>,
) -> Result<Json<List<Trouble>>, Problem> {
    ledger::list(&app, &desk, KIND, paging).await
}

/// One, with its record redacted.
#[utoipa::path(get, path = "/operations/quarantine/{id}", tag = "operations", operation_id = "get_quarantine", params(("id" = String, Path)),
    responses(
    (status = 200, body = WholeTrouble, description = "The redacted whole"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Json<WholeTrouble>, Problem> {
    ledger::get(&app, &desk, KIND, &id).await
}

/// Puts the record back on its queue as it was. What it did already is not done twice.
#[utoipa::path(post, path = "/operations/quarantine/{id}/replay", tag = "operations", operation_id = "replay_quarantine",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "On its queue again"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`not_replayable`"),
))]
pub async fn replay(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    ledger::replay(&app, &desk, KIND, &id).await
}

/// Drops it for good.
#[utoipa::path(post, path = "/operations/quarantine/{id}/discard", tag = "operations", operation_id = "discard_quarantine",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "Dropped"),
    (status = 404, description = "`not_found`"),
))]
pub async fn discard(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    ledger::discard(&app, &desk, KIND, &id).await
}

//! `/v1/operations/spill`: verified webhooks that the queue refused and still refuses. They belong to no tenant yet, so that an
//! operator of the install alone finds any.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use queue::{Outgoing, SpillNote};
use serde_json::json;
use table::{Entry, LedgerKind, LogId};

use super::{
    Paging, Taken, Trouble, WholeTrouble,
    desk::Desk,
    ledger::{self, Accepted},
    replay::not_replayable,
};
use crate::{
    App,
    input::{Id, Query},
    page::List,
    problem::Problem,
};

const KIND: LedgerKind = LedgerKind::Spill;

/// Newest first. What the queue takes again leaves the list by itself, each minute.
#[utoipa::path(get, path = "/operations/spill", tag = "operations", operation_id = "list_spill", params(Paging), responses(
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

/// One, with its records redacted; a very large one without them.
#[utoipa::path(get, path = "/operations/spill/{id}", tag = "operations", operation_id = "get_spill", params(("id" = String, Path)),
    responses(
    (status = 200, body = WholeTrouble, description = "The redacted whole"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Json<WholeTrouble>, Problem> {
    ledger::get(&app, &desk, KIND, &id).await
}

/// Puts its records on their queue now, and not with the next minute's try. What was taken in already is not taken in twice.
#[utoipa::path(post, path = "/operations/spill/{id}/replay", tag = "operations", operation_id = "replay_spill",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "On its queue again"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`not_replayable`: it cannot be read, or is left to the next minute's try"),
    (status = 503, description = "`busy`: the queue refuses it still"),
))]
pub async fn replay(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    let (entry, note) = found(&app, &desk, &id).await?;
    let Some(records) = note.records.clone().filter(|records| !records.is_empty()) else {
        return Err(not_replayable());
    };
    // The queue passes over what it saw five minutes ago: this is a new one to it.
    let nonce = hex::encode(app.random.bytes::<8>());
    let again = |record: Outgoing| Outgoing { deduplication: record.deduplication.map(|d| d + &nonce), ..record };
    let records: Vec<_> = records.into_iter().map(again).collect();
    if !app.queues.inbound.send(&records).await.is_empty() {
        return Err(Problem::busy());
    }
    drop_it(&app, &desk, "spill.replay", &entry, &note).await
}

/// Drops it for good; the object itself goes with the next minute.
#[utoipa::path(post, path = "/operations/spill/{id}/discard", tag = "operations", operation_id = "discard_spill",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "Dropped"),
    (status = 404, description = "`not_found`"),
))]
pub async fn discard(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    let (entry, note) = found(&app, &desk, &id).await?;
    drop_it(&app, &desk, "spill.discard", &entry, &note).await
}

async fn found(app: &App, desk: &Desk, id: &LogId) -> Result<(Entry, SpillNote), Problem> {
    let entry = desk.log(app).entry(KIND, id).await?.ok_or_else(Problem::not_found)?;
    let note = serde_json::from_str(&entry.record).map_err(|_| not_replayable())?;
    Ok((entry, note))
}

/// `sweep` alone reaches the bucket: it is told there, under the same id, that the object is not to be replayed any more.
async fn drop_it(app: &App, desk: &Desk, action: &str, entry: &Entry, note: &SpillNote) -> Result<Accepted, Problem> {
    let log = desk.log(app);
    log.put_entry(LedgerKind::SpillDropped, &Entry { record: note.object.clone(), ..entry.clone() }).await?;
    log.discard_entry(KIND, &entry.id).await?;
    desk.note(app, action, entry.id.as_str(), json!({"object": note.object})).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { id: entry.id.as_str().to_owned() })))
}

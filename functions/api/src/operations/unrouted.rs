//! `/v1/operations/unrouted`: events of an account that nobody has connected. A tenant's admin sees those that its own Meta app
//! signed, an operator of the install sees all.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use domain::{ChannelType, TenantId};
use serde_json::json;
use table::{LogId, Unrouted};

use super::{Paging, Taken, Trouble, WholeTrouble, desk::Desk, ledger::Accepted, redact, replay as again};
use crate::{
    App, cursor,
    input::{self, Id, Query},
    page::List,
    problem::Problem,
};

const LIST: &str = "unrouted";

/// Newest first, of the last thirteen months.
#[utoipa::path(get, path = "/operations/unrouted", tag = "operations", operation_id = "list_unrouted", params(Paging), responses(
    (status = 200, body = List<Trouble>, description = "A page"),
    (status = 422, description = "The cursor is wrong"),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    desk: Desk,
    Query(paging): Query<Paging>,
) -> Result<Json<List<Trouble>>, Problem> {
    let limit = input::limit(paging.limit.as_deref(), 100)?;
    let (keys, whose) = (app.keys().await?, &desk.whose);
    let opened = paging.cursor.map(|text| cursor::open(&keys, whose, LIST, &text, "cursor")).transpose()?;
    let before: Option<LogId> = opened.and_then(|position| position.parse().ok());
    let global = app.tables.global();
    let page = global.unrouted_signed_by(desk.signer(), before.as_ref(), limit, app.now()).await?;
    let next_cursor = page.next.map(|id| cursor::seal(&keys, whose, LIST, id.as_str()));
    Ok(Json(List { items: page.items.iter().map(Trouble::from).collect(), next_cursor }))
}

/// One, with its record redacted.
#[utoipa::path(get, path = "/operations/unrouted/{id}", tag = "operations", operation_id = "get_unrouted",
    params(("id" = String, Path)), responses(
    (status = 200, body = WholeTrouble, description = "The redacted whole"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Json<WholeTrouble>, Problem> {
    let event = found(&app, &desk, &id).await?;
    Ok(Json(WholeTrouble { trouble: Trouble::from(&event), record: redact::record(&event.record) }))
}

/// Puts the event back on its queue as it was. If its account is still not connected it comes back here.
#[utoipa::path(post, path = "/operations/unrouted/{id}/replay", tag = "operations", operation_id = "replay_unrouted",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "On its queue again"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`not_replayable`"),
))]
pub async fn replay(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    let event = found(&app, &desk, &id).await?;
    again::replay(&app, id.as_str(), event.record.clone()).await?;
    done(&app, &desk, "unrouted.replay", &event).await
}

/// Drops it for good.
#[utoipa::path(post, path = "/operations/unrouted/{id}/discard", tag = "operations", operation_id = "discard_unrouted",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "Dropped"),
    (status = 404, description = "`not_found`"),
))]
pub async fn discard(State(app): State<Arc<App>>, desk: Desk, Id(id): Id<LogId>) -> Result<Accepted, Problem> {
    let event = found(&app, &desk, &id).await?;
    done(&app, &desk, "unrouted.discard", &event).await
}

/// What came for an account before its connect goes back on its queue. Returns how many; what the queue refused stays listed.
pub async fn replay_of_account(
    app: &App,
    tenant: &TenantId,
    channel: ChannelType,
    external: &str,
) -> Result<usize, Problem> {
    let global = app.tables.global();
    let waiting = global.unrouted_of(channel, external).await?;
    // Another tenant's own app does not speak for this account: its events stay where they are.
    let ours = waiting.into_iter().filter(|event| event.signer.as_ref().is_none_or(|own| own == tenant));
    let mut replayed = 0;
    for event in ours {
        again::replay(app, event.id.as_str(), event.record.clone()).await?;
        global.delete_unrouted(&event).await?;
        replayed += 1;
    }
    Ok(replayed)
}

async fn found(app: &App, desk: &Desk, id: &LogId) -> Result<Unrouted, Problem> {
    app.tables.global().unrouted(desk.signer(), id).await?.ok_or_else(Problem::not_found)
}

/// Takes it off the lists and writes down who did.
async fn done(app: &App, desk: &Desk, action: &str, event: &Unrouted) -> Result<Accepted, Problem> {
    app.tables.global().delete_unrouted(event).await?;
    let details = json!({"channel": event.channel, "account": event.external});
    desk.note(app, action, event.id.as_str(), details).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { id: event.id.as_str().to_owned() })))
}

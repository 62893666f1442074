//! `/v1/operations/unrouted`: events of an account that nobody has connected. A tenant's admin sees those that its own Meta app
//! signed, an operator of the install sees all.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use domain::{ChannelType, TenantCtx, TenantId};
use serde_json::json;
use table::{LogId, Unrouted, unrouted::INSTALL};

use super::{Paging, Taken, Trouble, WholeTrouble, ledger::Accepted, redact, replay as again};
use crate::{
    App,
    access::Session,
    answer::RequestId,
    audit::{self, Deed},
    cursor,
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
    session: Session,
    Query(paging): Query<Paging>,
) -> Result<Json<List<Trouble>>, Problem> {
    let limit = input::limit(paging.limit.as_deref(), 100)?;
    let (keys, whose) = (app.keys().await?, whose(&session)?);
    let opened = paging.cursor.map(|text| cursor::open(&keys, &whose, LIST, &text, "cursor")).transpose()?;
    let before: Option<LogId> = opened.and_then(|position| position.parse().ok());
    let global = app.tables.global();
    let page = global.unrouted_signed_by(signer(&session), before.as_ref(), limit, app.now()).await?;
    let next_cursor = page.next.map(|id| cursor::seal(&keys, &whose, LIST, id.as_str()));
    Ok(Json(List { items: page.items.iter().map(Trouble::from).collect(), next_cursor }))
}

/// One, with its record redacted.
#[utoipa::path(get, path = "/operations/unrouted/{id}", tag = "operations", operation_id = "get_unrouted",
    params(("id" = String, Path)), responses(
    (status = 200, body = WholeTrouble, description = "The redacted whole"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(
    State(app): State<Arc<App>>,
    session: Session,
    Id(id): Id<LogId>,
) -> Result<Json<WholeTrouble>, Problem> {
    let event = found(&app, &session, &id).await?;
    Ok(Json(WholeTrouble { trouble: Trouble::from(&event), record: redact::record(&event.record) }))
}

/// Puts the event back on its queue as it was. If its account is still not connected it comes back here.
#[utoipa::path(post, path = "/operations/unrouted/{id}/replay", tag = "operations", operation_id = "replay_unrouted",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "On its queue again"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`not_replayable`"),
))]
pub async fn replay(
    State(app): State<Arc<App>>,
    session: Session,
    Extension(request): Extension<RequestId>,
    Id(id): Id<LogId>,
) -> Result<Accepted, Problem> {
    let event = found(&app, &session, &id).await?;
    again::replay(&app, id.as_str(), event.record.clone()).await?;
    done(&app, &session, "unrouted.replay", &event, &request).await
}

/// Drops it for good.
#[utoipa::path(post, path = "/operations/unrouted/{id}/discard", tag = "operations", operation_id = "discard_unrouted",
    params(("id" = String, Path)), responses(
    (status = 202, body = Taken, description = "Dropped"),
    (status = 404, description = "`not_found`"),
))]
pub async fn discard(
    State(app): State<Arc<App>>,
    session: Session,
    Extension(request): Extension<RequestId>,
    Id(id): Id<LogId>,
) -> Result<Accepted, Problem> {
    let event = found(&app, &session, &id).await?;
    done(&app, &session, "unrouted.discard", &event, &request).await
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

fn signer(session: &Session) -> Option<&TenantId> {
    session.tenant.as_ref().map(|tenant| &tenant.id)
}

/// Whose list it is: the tenant's, or the install's.
fn whose(session: &Session) -> Result<TenantId, Problem> {
    match signer(session) {
        Some(tenant) => Ok(tenant.clone()),
        None => INSTALL.parse().map_err(|_| Problem::internal()),
    }
}

async fn found(app: &App, session: &Session, id: &LogId) -> Result<Unrouted, Problem> {
    app.tables.global().unrouted(signer(session), id).await?.ok_or_else(Problem::not_found)
}

/// Takes it off the lists and writes down who did.
async fn done(
    app: &App,
    session: &Session,
    action: &str,
    event: &Unrouted,
    request: &RequestId,
) -> Result<Accepted, Problem> {
    app.tables.global().delete_unrouted(event).await?;
    let deed = Deed {
        actor: &session.user,
        action,
        target: event.id.as_str(),
        request_id: &request.0,
        details: json!({"channel": event.channel, "account": event.external}),
    };
    audit::record(app, &TenantCtx::of_session(whose(session)?), deed).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { id: event.id.as_str().to_owned() })))
}

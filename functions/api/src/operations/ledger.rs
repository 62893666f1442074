//! Quarantine and dead letters alike: a tenant's own entries.

use axum::{Json, http::StatusCode};
use serde_json::Value;
use table::{LedgerKind, LogId};

use super::{Paging, Taken, Trouble, WholeTrouble, redact, replay};
use crate::{
    App,
    access::Member,
    audit::{self, Deed},
    cursor, input,
    page::List,
    problem::Problem,
};

pub type Accepted = (StatusCode, Json<Taken>);

pub async fn list(
    app: &App,
    member: &Member,
    kind: LedgerKind,
    paging: Paging,
) -> Result<Json<List<Trouble>>, Problem> {
    let limit = input::limit(paging.limit.as_deref(), 100)?;
    let (keys, tenant, list) = (app.keys().await?, member.ctx.id(), kind.as_str());
    let opened = paging.cursor.map(|text| cursor::open(&keys, tenant, list, &text, "cursor")).transpose()?;
    let before: Option<LogId> = opened.and_then(|position| position.parse().ok());
    let page = app.tables.tenant(&member.ctx).entries(kind, before.as_ref(), limit, app.now()).await?;
    let next_cursor = page.next.map(|id| cursor::seal(&keys, tenant, list, id.as_str()));
    Ok(Json(List { items: page.items.iter().map(Trouble::from).collect(), next_cursor }))
}

pub async fn get(app: &App, member: &Member, kind: LedgerKind, id: &LogId) -> Result<Json<WholeTrouble>, Problem> {
    let entry = app.tables.tenant(&member.ctx).entry(kind, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(WholeTrouble { trouble: Trouble::from(&entry), record: redact::record(&entry.record) }))
}

pub async fn replay(app: &App, member: &Member, kind: LedgerKind, id: &LogId) -> Result<Accepted, Problem> {
    let tenant = app.tables.tenant(&member.ctx);
    let entry = tenant.entry(kind, id).await?.ok_or_else(Problem::not_found)?;
    replay::replay(app, id.as_str(), entry.record).await?;
    tenant.discard_entry(kind, id).await?;
    done(app, member, kind, "replay", id).await
}

pub async fn discard(app: &App, member: &Member, kind: LedgerKind, id: &LogId) -> Result<Accepted, Problem> {
    if !app.tables.tenant(&member.ctx).discard_entry(kind, id).await? {
        return Err(Problem::not_found());
    }
    done(app, member, kind, "discard", id).await
}

async fn done(app: &App, member: &Member, kind: LedgerKind, what: &str, id: &LogId) -> Result<Accepted, Problem> {
    let action = format!("{}.{what}", kind.as_str());
    let deed = Deed {
        actor: &member.session.user,
        action: &action,
        target: id.as_str(),
        request_id: &member.request_id,
        details: Value::Null,
    };
    audit::record(app, &member.ctx, deed).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { id: id.as_str().to_owned() })))
}

//! Quarantine and dead letters alike: entries of a tenant, or of the install where a record tells no tenant.

use axum::{Json, http::StatusCode};
use serde_json::Value;
use table::{LedgerKind, LogId};

use super::{Paging, Taken, Trouble, WholeTrouble, desk::Desk, redact, replay};
use crate::{App, cursor, input, page::List, problem::Problem};

pub type Accepted = (StatusCode, Json<Taken>);

pub async fn list(app: &App, desk: &Desk, kind: LedgerKind, paging: Paging) -> Result<Json<List<Trouble>>, Problem> {
    let limit = input::limit(paging.limit.as_deref(), 100)?;
    let (keys, tenant, list) = (app.keys().await?, &desk.whose, kind.as_str());
    let opened = paging.cursor.map(|text| cursor::open(&keys, tenant, list, &text, "cursor")).transpose()?;
    let before: Option<LogId> = opened.and_then(|position| position.parse().ok());
    let page = desk.log(app).entries(kind, before.as_ref(), limit, app.now()).await?;
    let next_cursor = page.next.map(|id| cursor::seal(&keys, tenant, list, id.as_str()));
    Ok(Json(List { items: page.items.iter().map(Trouble::from).collect(), next_cursor }))
}

pub async fn get(app: &App, desk: &Desk, kind: LedgerKind, id: &LogId) -> Result<Json<WholeTrouble>, Problem> {
    let entry = desk.log(app).entry(kind, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(WholeTrouble { trouble: Trouble::from(&entry), record: redact::record(&entry.record) }))
}

pub async fn replay(app: &App, desk: &Desk, kind: LedgerKind, id: &LogId) -> Result<Accepted, Problem> {
    let tenant = desk.log(app);
    let entry = tenant.entry(kind, id).await?.ok_or_else(Problem::not_found)?;
    replay::replay(app, id.as_str(), entry.record).await?;
    tenant.discard_entry(kind, id).await?;
    done(app, desk, kind, "replay", id).await
}

pub async fn discard(app: &App, desk: &Desk, kind: LedgerKind, id: &LogId) -> Result<Accepted, Problem> {
    if !desk.log(app).discard_entry(kind, id).await? {
        return Err(Problem::not_found());
    }
    done(app, desk, kind, "discard", id).await
}

async fn done(app: &App, desk: &Desk, kind: LedgerKind, what: &str, id: &LogId) -> Result<Accepted, Problem> {
    desk.note(app, &format!("{}.{what}", kind.as_str()), id.as_str(), Value::Null).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { id: id.as_str().to_owned() })))
}

//! Sends that wait for a person: those of which nobody knows whether they arrived, and those that are parked.

use axum::{Json, http::StatusCode};
use domain::{DeliveryStatus, Message, MessageId};
use frame::resource::SendError;
use serde_json::{Value, json};
use table::{Entry, LedgerKind, LogId, Retried, Tenant};

use super::{Paging, Taken, Trouble, WholeTrouble, desk::Desk, ledger::Accepted};
use crate::{App, cursor, input, page::List, problem::Problem};

/// A note whose message still stands as the note says.
struct Stuck {
    entry: Entry,
    message: Message,
}

pub async fn list(app: &App, desk: &Desk, kind: LedgerKind, paging: Paging) -> Result<Json<List<Trouble>>, Problem> {
    let limit = input::limit(paging.limit.as_deref(), 100)?;
    let (keys, tenant, list) = (app.keys().await?, &desk.whose, kind.as_str());
    let opened = paging.cursor.map(|text| cursor::open(&keys, tenant, list, &text, "cursor")).transpose()?;
    let before: Option<LogId> = opened.and_then(|position| position.parse().ok());
    let log = desk.log(app);
    let page = log.entries(kind, before.as_ref(), limit, app.now()).await?;
    let mut items = Vec::new();
    for entry in page.items {
        items.extend(stuck(&log, kind, entry).await?.as_ref().map(Trouble::from));
    }
    let next_cursor = page.next.map(|id| cursor::seal(&keys, tenant, list, id.as_str()));
    Ok(Json(List { items, next_cursor }))
}

pub async fn get(app: &App, desk: &Desk, kind: LedgerKind, id: &LogId) -> Result<Json<WholeTrouble>, Problem> {
    let stuck = found(&desk.log(app), kind, id).await?;
    Ok(Json(WholeTrouble { trouble: Trouble::from(&stuck), record: record(&stuck.message) }))
}

/// "Send again", said by whoever runs the tenant. What is parked is sent once the reason is gone: a reconnect, or a decision about
/// the earlier part.
pub async fn replay(app: &App, desk: &Desk, kind: LedgerKind, id: &LogId) -> Result<Accepted, Problem> {
    let log = desk.log(app);
    let stuck = found(&log, kind, id).await?;
    match log.retry(&stuck.message.id, app.now()).await? {
        Retried::Queued(_) => {}
        Retried::NotRetryable(_) => {
            let why = "It goes on by itself once its account is reconnected, or the part before it is sent.";
            return Err(Problem::conflict("not_replayable", why));
        }
        Retried::OutFull => return Err(crate::messages::send::out_full()),
        Retried::NotFound => return Err(Problem::not_found()),
    }
    log.discard_entry(kind, id).await?;
    done(app, desk, kind, "replay", id).await
}

/// Takes it off the list; the message stays as it is.
pub async fn discard(app: &App, desk: &Desk, kind: LedgerKind, id: &LogId) -> Result<Accepted, Problem> {
    let log = desk.log(app);
    found(&log, kind, id).await?;
    log.discard_entry(kind, id).await?;
    done(app, desk, kind, "discard", id).await
}

async fn done(app: &App, desk: &Desk, kind: LedgerKind, what: &str, id: &LogId) -> Result<Accepted, Problem> {
    desk.note(app, &format!("{}.{what}", kind.as_str()), id.as_str(), Value::Null).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { id: id.as_str().to_owned() })))
}

async fn found(log: &Tenant<'_>, kind: LedgerKind, id: &LogId) -> Result<Stuck, Problem> {
    let entry = log.entry(kind, id).await?.ok_or_else(Problem::not_found)?;
    stuck(log, kind, entry).await?.ok_or_else(Problem::not_found)
}

/// The message of a note; `None` where it has moved on. The note stays: it is written before the state that it tells of, and may
/// be early.
async fn stuck(log: &Tenant<'_>, kind: LedgerKind, entry: Entry) -> Result<Option<Stuck>, Problem> {
    let status = if kind == LedgerKind::UnknownSend { DeliveryStatus::Unknown } else { DeliveryStatus::Parked };
    let id: Option<MessageId> = entry.record.parse().ok();
    let message = match id {
        Some(id) => log.message(&id).await?,
        None => None,
    };
    let still = message.filter(|m| m.delivery.as_ref().is_some_and(|d| d.status() == status));
    Ok(still.map(|message| Stuck { entry, message }))
}

impl From<&Stuck> for Trouble {
    fn from(stuck: &Stuck) -> Self {
        let (conversation, seq) = (stuck.message.id.conversation(), stuck.message.seq());
        Self {
            id: stuck.entry.id.as_str().to_owned(),
            at: stuck.entry.at,
            reason: stuck.entry.reason.clone(),
            source: stuck.entry.source.clone(),
            summary: format!("message {seq} of conversation {conversation}"),
        }
    }
}

/// What an operator needs of a send, without what it says.
fn record(message: &Message) -> Value {
    json!({
        "message_id": message.id,
        "conversation_id": message.id.conversation(),
        "seq": message.seq(),
        "attempt": message.delivery.as_ref().map(|d| d.attempt),
        "delivery_status": message.delivery.as_ref().map(|d| d.status()),
        "error": message.delivery.as_ref().and_then(|d| d.error()).map(SendError::from),
        "sent_at": message.sent_at,
    })
}

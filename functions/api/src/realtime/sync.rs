//! `GET /v1/sync`: what changed since, as it stands now.

use std::{collections::HashMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use domain::{AccountId, Action, ConversationId, Message, MessageId};
use frame::Cursor;
use frame::resource::{ChannelJson, ConversationJson, MessageJson, Names};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use table::{LogRead, Ref, RefKind, Row, Tenant};
use utoipa::{IntoParams, ToSchema};

use crate::{App, access::Member, input::Query, problem::Problem};

/// Blocks of the log that one answer goes through, of at most 100 references each.
const BLOCKS: usize = 2;
/// How many resources are read at once.
const AT_ONCE: usize = 16;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// The `next` of the last answer; absent: nothing but the place to start from.
    since: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Sync {
    /// Apply each only if its `rev` is higher than the one you have.
    pub items: Vec<SyncItem>,
    /// Keep it for the next call: a whole number as text. A frame's `cursor` that is greater as a number says you are behind.
    #[schema(example = "4711", pattern = "^[0-9]+$")]
    pub next: String,
    /// `false`: call again at once.
    pub complete: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SyncItem {
    Changed(Changed),
    Removed(Removed),
}

/// A resource as it stands now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Changed {
    Conversation { id: ConversationId, rev: u64, data: Box<ConversationJson> },
    Message { id: MessageId, rev: u64, data: Box<MessageJson> },
    Channel { id: AccountId, rev: u64, data: Box<ChannelJson> },
}

/// A resource that is gone, or that you may no longer read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Removed {
    #[serde(rename = "type")]
    pub kind: ResourceType,
    pub id: String,
    /// Always `true`.
    pub removed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResourceType {
    Conversation,
    Message,
    Channel,
}

/// What changed since a cursor. Take a cursor first, then load lists; sync after each reconnect and hole.
#[utoipa::path(get, path = "/sync", tag = "realtime", params(Since), responses(
    (status = 200, body = Sync, description = "What changed, oldest first, each resource once"),
    (status = 410, description = "`cursor_expired`: load afresh, from a new cursor"),
    (status = 422, description = "`since` is no cursor"),
))]
pub async fn sync(
    State(app): State<Arc<App>>,
    member: Member,
    Query(query): Query<Since>,
) -> Result<Json<Sync>, Problem> {
    let tenant = app.tables.tenant(&member.ctx);
    let Some(since) = query.since else {
        let next = tenant.log_head(app.now()).await?.to_string();
        return Ok(Json(Sync { items: Vec::new(), next, complete: true }));
    };
    let read = read(&tenant, &since, "since").await?;
    let (found, names) = resources(&app, &member, &tenant, &read.refs).await?;
    let mut items = Vec::with_capacity(found.len());
    for found in found {
        items.push(shown(found, &names, &app, &member).await?);
    }
    Ok(Json(Sync { items, next: read.next.to_string(), complete: read.complete }))
}

/// What the log says after a cursor. `field` names the query's parameter in the answer.
pub async fn read(tenant: &Tenant<'_>, after: &str, field: &str) -> Result<LogRead, Problem> {
    let cursor: Cursor =
        after.parse().map_err(|_| Problem::invalid(field, "invalid_cursor", "This is no `next` of ours."))?;
    let read = tenant.read_log(cursor.block(), BLOCKS).await?;
    if read.reset {
        return Err(Problem::new(
            StatusCode::GONE,
            "cursor_expired",
            "The log no longer goes back that far: load afresh.",
        ));
    }
    Ok(read)
}

/// Something that changed, read as it stands now.
pub enum Found {
    Row(Box<Row>),
    Message(Box<Message>),
    Channel(Box<ChannelJson>, u64),
    Gone(ResourceType, String),
}

/// The resources of these references, each once, in the order of their last change, and the names that their rows need.
pub async fn resources(
    app: &App,
    member: &Member,
    tenant: &Tenant<'_>,
    refs: &[Ref],
) -> Result<(Vec<Found>, Arc<Names>), Problem> {
    let reads = stream::iter(latest(refs)).map(|reference| find(member, tenant, reference));
    let found: Vec<Found> = reads.buffered(AT_ONCE).try_collect().await?;
    let row = |found: &Found| if let Found::Row(row) = found { Some((**row).clone()) } else { None };
    let rows: Vec<Row> = found.iter().filter_map(row).collect();
    let names = if rows.is_empty() { Arc::default() } else { app.names_for(&member.ctx, &rows).await? };
    Ok((found, names))
}

/// Each resource once, where it changed last, with its highest `rev`.
fn latest(refs: &[Ref]) -> Vec<Ref> {
    let last: HashMap<_, _> = refs.iter().enumerate().map(|(n, r)| ((r.kind, r.id.as_str()), n)).collect();
    let mut places: Vec<usize> = last.into_values().collect();
    places.sort_unstable();
    places.into_iter().map(|n| refs[n].clone()).collect()
}

async fn find(member: &Member, tenant: &Tenant<'_>, reference: Ref) -> Result<Found, Problem> {
    let id = &reference.id;
    let role = member.session.role;
    let found = match reference.kind {
        RefKind::Conversation if Action::ConversationRead.allowed(role) => {
            conversation(tenant, id, reference.rev).await?
        }
        RefKind::Message if Action::ConversationRead.allowed(role) => match id.parse() {
            Ok(id) => tenant.message(&id).await?.map(|message| Found::Message(Box::new(message))),
            Err(_) => None,
        },
        RefKind::Account if Action::ChannelRead.allowed(role) => match id.parse() {
            Ok(id) => {
                tenant.account(&id).await?.map(|a| Found::Channel(Box::new(ChannelJson::from(&a)), reference.rev))
            }
            Err(_) => None,
        },
        RefKind::Conversation | RefKind::Message | RefKind::Account => None,
    };
    let kind = match reference.kind {
        RefKind::Conversation => ResourceType::Conversation,
        RefKind::Message => ResourceType::Message,
        RefKind::Account => ResourceType::Channel,
    };
    Ok(found.unwrap_or_else(|| Found::Gone(kind, id.clone())))
}

/// The nearest copy will do, unless it is older than the change that we were told of.
async fn conversation(tenant: &Tenant<'_>, id: &str, rev: u64) -> Result<Option<Found>, Problem> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let near = tenant.head_eventual(&id).await?.filter(|head| head.rev >= rev);
    let head = match near {
        Some(head) => Some(head),
        None => tenant.head(&id).await?,
    };
    Ok(head.map(|head| Found::Row(Box::new(Row::from(&head)))))
}

async fn shown(found: Found, names: &Names, app: &App, member: &Member) -> Result<SyncItem, Problem> {
    Ok(match found {
        Found::Row(row) => {
            let data = Box::new(ConversationJson::new(&row, names, app.now()));
            SyncItem::Changed(Changed::Conversation { id: row.id, rev: row.rev, data })
        }
        Found::Message(message) => {
            let data = Box::new(app.shown_one(&member.ctx, &message).await?);
            SyncItem::Changed(Changed::Message { id: message.id, rev: message.rev, data })
        }
        Found::Channel(data, rev) => SyncItem::Changed(Changed::Channel { id: data.id.clone(), rev, data }),
        Found::Gone(kind, id) => SyncItem::Removed(Removed { kind, id, removed: true }),
    })
}

//! `GET /v1/conversations`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::{ChannelType, ConversationId, Owner, Timestamp, conversation::Status};
use frame::resource::ConversationJson;
use serde::Deserialize;
use table::ListFilter;
use utoipa::IntoParams;

use crate::{
    App,
    access::Member,
    cursor,
    input::{self, Query},
    page::List,
    problem::Problem,
};

const LIST: &str = "conversations";

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// One of `open`, `pending`, `resolved`, `snoozed`, or several with commas; absent: all.
    #[param(example = "open")]
    status: Option<String>,
    /// `me`, `none`, or a user's id; absent: everyone's.
    #[param(example = "me")]
    assigned_to: Option<String>,
    /// `whatsapp`, `messenger`, `instagram` or `line`; absent: all.
    #[param(example = "whatsapp")]
    channel: Option<String>,
    /// 1 to 100; 50 unless told.
    limit: Option<String>,
    cursor: Option<String>,
}

/// The inbox, by `last_message_at` and `id` descending. It may trail a change by seconds.
#[utoipa::path(get, path = "/conversations", tag = "conversations", operation_id = "list_conversations", params(Filter), responses(
    (status = 200, body = List<ConversationJson>, description = "A page"),
    (status = 422, description = "A filter or the cursor is wrong"),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    member: Member,
    Query(filter): Query<Filter>,
) -> Result<Json<List<ConversationJson>>, Problem> {
    let limit = input::limit(filter.limit.as_deref(), 100)?;
    let (statuses, channel) = (statuses(filter.status.as_deref())?, channel(filter.channel.as_deref())?);
    let (tenant, keys) = (member.ctx.id(), app.keys().await?);
    let opened = filter.cursor.map(|text| cursor::open(&keys, tenant, LIST, &text, "cursor")).transpose()?;
    let before = opened.and_then(|position| place(&position));
    let owner = match owner(filter.assigned_to.as_deref(), &member) {
        Ok(owner) => owner,
        // Nobody has this id, and so no conversations.
        Err(domain::id::BadId) => return Ok(Json(List { items: Vec::new(), next_cursor: None })),
    };
    let filter = ListFilter { statuses, owner, channel };
    let page = app.tables.tenant(&member.ctx).conversations(&filter, before.as_ref(), limit).await?;
    let names = app.names_for(&member.ctx, &page.items).await?;
    let now = app.now();
    let items = page.items.iter().map(|row| ConversationJson::new(row, &names, now)).collect();
    let next_cursor = page.next.map(|(at, id)| cursor::seal(&keys, tenant, LIST, &format!("{}.{id}", at.millis())));
    Ok(Json(List { items, next_cursor }))
}

/// A position that we sealed ourselves.
fn place(position: &str) -> Option<(Timestamp, ConversationId)> {
    let (millis, id) = position.split_once('.')?;
    Some((Timestamp::from_millis(millis.parse().ok()?), id.parse().ok()?))
}

fn statuses(asked: Option<&str>) -> Result<Vec<Status>, Problem> {
    let words = asked.into_iter().flat_map(|text| text.split(','));
    let status = |word: &str| Status::ALL.into_iter().find(|s| s.as_str() == word);
    let wrong =
        || Problem::invalid("status", "invalid", "One of open, pending, resolved, snoozed, or several with commas.");
    words.map(|word| status(word).ok_or_else(wrong)).collect()
}

fn channel(asked: Option<&str>) -> Result<Option<ChannelType>, Problem> {
    let wrong = |e: domain::channel_type::UnknownChannel| Problem::invalid("channel", "invalid", e.to_string());
    asked.map(|text| text.parse().map_err(wrong)).transpose()
}

fn owner(asked: Option<&str>, member: &Member) -> Result<Option<Owner>, domain::id::BadId> {
    Ok(match asked {
        None => None,
        Some("me") => Some(Owner::User(member.session.user.clone())),
        Some("none") => Some(Owner::Nobody),
        Some(id) => Some(Owner::User(id.parse()?)),
    })
}

//! `POST /v1/conversations/{id}/mark-read`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::ConversationId;
use frame::resource::ConversationJson;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    App,
    access::Member,
    conversations,
    input::{Body, Id},
    problem::Problem,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// The newest `seq` that was seen; absent: all of it.
    seq: Option<u64>,
}

/// Moves the team's shared read position. It never moves back.
#[utoipa::path(post, path = "/conversations/{id}/mark-read", tag = "conversations", operation_id = "mark_conversation_read", params(("id" = ConversationId, Path)),
    request_body(content = Option<MarkRead>), responses(
    (status = 200, body = ConversationJson, description = "As it stands now"),
    (status = 404, description = "`not_found`"),
))]
pub async fn mark_read(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<ConversationId>,
    Body(body): Body<MarkRead>,
) -> Result<Json<ConversationJson>, Problem> {
    let head = app.tables.tenant(&member.ctx).mark_read(&id, body.seq).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(conversations::shown(&app, &member, &head).await?))
}

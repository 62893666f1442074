//! `POST /v1/conversations/{id}/status`.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use domain::{ConversationId, conversation::Status};
use frame::resource::ConversationJson;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{answer, editor};
use crate::{
    App,
    access::Member,
    input::{Body, Id},
    problem::Problem,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStatus {
    status: Status,
    /// The version that the agent saw; `If-Match` says the same.
    version: Option<u64>,
}

/// Opens, parks, resolves or puts a conversation to sleep. A customer's message opens it again.
#[utoipa::path(post, path = "/conversations/{id}/status", tag = "conversations", operation_id = "set_conversation_status",
    params(("id" = ConversationId, Path), ("If-Match" = Option<String>, Header, description = "The conversation's `version`")),
    request_body = SetStatus, responses(
    (status = 200, body = ConversationJson, description = "As it stands now"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`version_conflict`: `current` is how it stands now"),
))]
pub async fn set_status(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<ConversationId>,
    headers: HeaderMap,
    Body(body): Body<SetStatus>,
) -> Result<Json<ConversationJson>, Problem> {
    let editor = editor(&member, &headers, body.version)?;
    let edited = app.tables.tenant(&member.ctx).set_status(&id, body.status, &editor, app.now()).await?;
    answer(&app, &member, edited).await
}

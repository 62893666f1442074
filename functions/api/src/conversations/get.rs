//! `GET /v1/conversations/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::ConversationId;
use frame::resource::ConversationJson;

use crate::{App, access::Member, conversations, input::Id, problem::Problem};

/// One conversation.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations", operation_id = "get_conversation", params(("id" = ConversationId, Path)), responses(
    (status = 200, body = ConversationJson, description = "The conversation"),
    (status = 404, description = "`not_found`"),
))]
pub async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<ConversationId>,
) -> Result<Json<ConversationJson>, Problem> {
    let head = app.tables.tenant(&member.ctx).head(&id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(conversations::shown(&app, &member, &head).await?))
}

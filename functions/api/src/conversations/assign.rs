//! `POST /v1/conversations/{id}/assign`.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use domain::{Action, ConversationId, Owner, UserId};
use frame::resource::ConversationJson;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{answer, editor};
use crate::{
    App,
    access::Member,
    input::{self, Body, Id},
    problem::Problem,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// Whose it becomes; `null`: nobody's.
    #[serde(deserialize_with = "input::nullable")]
    #[schema(required)]
    user_id: Option<String>,
    /// The version that the agent saw; `If-Match` says the same.
    version: Option<u64>,
}

/// Gives a conversation to someone, or takes it from them.
#[utoipa::path(post, path = "/conversations/{id}/assign", tag = "conversations", operation_id = "assign_conversation",
    params(("id" = ConversationId, Path), ("If-Match" = Option<String>, Header, description = "The conversation's `version`")),
    request_body = Assign, responses(
    (status = 200, body = ConversationJson, description = "As it stands now"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`version_conflict`: `current` is how it stands now"),
))]
pub async fn assign(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<ConversationId>,
    headers: HeaderMap,
    Body(assign): Body<Assign>,
) -> Result<Json<ConversationJson>, Problem> {
    let editor = editor(&member, &headers, assign.version)?;
    let owner = owner(&app, &member, assign.user_id.as_deref()).await?;
    let edited = app.tables.tenant(&member.ctx).assign(&id, &owner, &editor, app.now()).await?;
    answer(&app, &member, edited).await
}

/// Someone of this tenant who may answer. A person of another tenant is as unknown as any.
async fn owner(app: &App, member: &Member, user: Option<&str>) -> Result<Owner, Problem> {
    let Some(text) = user else { return Ok(Owner::Nobody) };
    let unknown = || Problem::invalid("user_id", "unknown_user", "Nobody here has this id.");
    let id: UserId = text.parse().map_err(|_| unknown())?;
    let user = app.tables.tenant(&member.ctx).user(&id).await?.ok_or_else(unknown)?;
    if Action::MessageSend.allowed(user.role) {
        Ok(Owner::User(id))
    } else {
        Err(Problem::invalid("user_id", "not_assignable", "This person may not answer customers."))
    }
}

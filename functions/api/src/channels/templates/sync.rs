//! `POST /v1/channels/{id}/templates/sync`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::AccountId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{at_graph, refused, with_templates};
use crate::{App, access::Member, input::Id, problem::Problem};

#[derive(Serialize, ToSchema)]
pub struct TemplatesSynced {
    /// As many as the channel tells of.
    pub total: usize,
    /// New, or not as before.
    pub changed: usize,
    /// No longer there.
    pub removed: usize,
}

/// Asks the channel for the account's templates and keeps what it tells.
#[utoipa::path(post, path = "/channels/{id}/templates/sync", tag = "channels", operation_id = "sync_templates", params(("id" = AccountId, Path)),
    responses(
    (status = 200, body = TemplatesSynced, description = "Kept"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`no_templates`: the channel has none; `waba_unknown`, `token_refused`: the account must be reconnected"),
    (status = 503, description = "`channel_unreachable`"),
))]
pub async fn sync(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<AccountId>,
) -> Result<Json<TemplatesSynced>, Problem> {
    let account = with_templates(&app, &member, &id).await?;
    let at = at_graph(&app, &member, &account).await?;
    let told = channel_whatsapp::template::list(&at.graph, &at.token, &at.waba, &account.id, app.now()).await;
    let told = told.map_err(refused)?;
    let synced = app.tables.tenant(&member.ctx).sync_templates(&account.id, &told).await?;
    Ok(Json(TemplatesSynced { total: told.len(), changed: synced.changed, removed: synced.removed }))
}

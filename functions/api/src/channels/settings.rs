//! `PATCH /v1/channels/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::AccountId;
use frame::resource::ChannelJson;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    App,
    access::Member,
    audit::{self, Deed},
    input::{Body, Id},
    problem::Problem,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelSettings {
    /// Whether customers are shown that their messages were read, and that someone types.
    read_receipts: bool,
}

/// Changes how an account behaves.
#[utoipa::path(patch, path = "/channels/{id}", tag = "channels", operation_id = "set_channel", params(("id" = AccountId, Path)),
    request_body = ChannelSettings, responses(
    (status = 200, body = ChannelJson, description = "As it stands now"),
    (status = 404, description = "`not_found`"),
))]
pub async fn set(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<AccountId>,
    Body(settings): Body<ChannelSettings>,
) -> Result<Json<ChannelJson>, Problem> {
    let tenant = app.tables.tenant(&member.ctx);
    if !tenant.set_read_receipts(&id, settings.read_receipts).await? {
        return Err(Problem::not_found());
    }
    let deed = Deed {
        actor: member.session.user.as_str(),
        action: "channel.settings",
        target: id.as_str(),
        request_id: &member.request_id,
        details: json!({"read_receipts": settings.read_receipts}),
    };
    audit::record(&app, Some(&member.ctx), deed).await?;
    let account = tenant.account(&id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(ChannelJson::from(&account)))
}

//! `GET /v1/channels`.

use std::sync::Arc;

use axum::{Json, extract::State};
use frame::resource::ChannelJson;

use crate::{App, access::Member, page::List, problem::Problem};

/// The tenant's channel accounts. One page holds them all.
#[utoipa::path(get, path = "/channels", tag = "channels", operation_id = "list_channels", responses(
    (status = 200, body = List<ChannelJson>, description = "The accounts"),
))]
pub async fn list(State(app): State<Arc<App>>, member: Member) -> Result<Json<List<ChannelJson>>, Problem> {
    let accounts = app.tables.tenant(&member.ctx).accounts().await?;
    Ok(Json(List { items: accounts.iter().map(ChannelJson::from).collect(), next_cursor: None }))
}

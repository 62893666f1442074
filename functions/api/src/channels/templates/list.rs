//! `GET /v1/channels/{id}/templates`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::{AccountId, template::TemplateStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{TemplateJson, with_templates};
use crate::{
    App,
    access::Member,
    cursor,
    input::{self, Id, Query},
    page::List,
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Only those; a page may then be short.
    status: Option<TemplateStatus>,
    /// 1 to 250; 50 unless told.
    limit: Option<String>,
    cursor: Option<String>,
}

/// The account's templates by name and language, as the channel last told of them.
#[utoipa::path(get, path = "/channels/{id}/templates", tag = "channels", operation_id = "list_templates", params(("id" = AccountId, Path), Asked),
    responses(
    (status = 200, body = List<TemplateJson>, description = "A page"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`no_templates`: the channel has none"),
    (status = 422, description = "The cursor is wrong"),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<AccountId>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<TemplateJson>>, Problem> {
    let account = with_templates(&app, &member, &id).await?;
    let limit = input::limit(asked.limit.as_deref(), 250)?;
    let (keys, list) = (app.keys().await?, format!("templates:{id}"));
    let sealed = asked.cursor.map(|text| cursor::open(&keys, member.ctx.id(), &list, &text, "cursor"));
    let after = sealed.transpose()?;
    let page = app.tables.tenant(&member.ctx).templates(&account.id, after.as_deref(), limit).await?;
    let wanted = page.items.into_iter().filter(|template| asked.status.is_none_or(|status| template.status == status));
    let next_cursor = page.next.map(|place| cursor::seal(&keys, member.ctx.id(), &list, &place));
    Ok(Json(List { items: wanted.map(TemplateJson::from).collect(), next_cursor }))
}

//! `GET /v1/conversations/{id}/messages`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::ConversationId;
use frame::resource::MessageJson;
use serde::Deserialize;
use utoipa::IntoParams;

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
pub struct Paging {
    /// 1 to 100; 50 unless told.
    limit: Option<String>,
    cursor: Option<String>,
}

/// The thread, newest first by (`sent_at`, `seq`).
#[utoipa::path(get, path = "/conversations/{id}/messages", tag = "messages", operation_id = "list_messages", params(("id" = ConversationId, Path), Paging), responses(
    (status = 200, body = List<MessageJson>, description = "A page"),
    (status = 404, description = "`not_found`"),
    (status = 422, description = "The cursor is wrong"),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<ConversationId>,
    Query(paging): Query<Paging>,
) -> Result<Json<List<MessageJson>>, Problem> {
    let tenant = app.tables.tenant(&member.ctx);
    // Before the cursor is looked at: an unknown conversation is one whatever else is asked.
    tenant.head_eventual(&id).await?.ok_or_else(Problem::not_found)?;
    let limit = input::limit(paging.limit.as_deref(), 100)?;
    let (keys, list) = (app.keys().await?, format!("messages:{id}"));
    let sealed = paging.cursor.map(|text| cursor::open(&keys, member.ctx.id(), &list, &text, "cursor"));
    let page = tenant.messages(&id, sealed.transpose()?.as_deref(), limit).await?;
    let items = app.shown(&member.ctx, &page.items).await?;
    let next_cursor = page.next.map(|order| cursor::seal(&keys, member.ctx.id(), &list, &order));
    Ok(Json(List { items, next_cursor }))
}

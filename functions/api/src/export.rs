//! `GET /v1/export/messages`: every message of the tenant, the ground truth for counting.

use std::sync::Arc;

use axum::{Json, extract::State};
use frame::resource::MessageJson;
use serde::Deserialize;
use table::ExportCursor;
use utoipa::IntoParams;

use crate::{
    App,
    access::Member,
    cursor,
    input::{self, Query},
    page::List,
    problem::Problem,
};

const LIST: &str = "export";
/// A function may answer 6 MB, escaped; this leaves room for that.
/// [Limit](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const BYTES_MAX: usize = 3_000_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// 1 to 1,000; 50 unless told.
    limit: Option<String>,
    cursor: Option<String>,
}

/// Every message of the tenant, by conversation and `seq`.
#[utoipa::path(get, path = "/export/messages", tag = "operations", operation_id = "export_messages", params(Paging), responses(
    (status = 200, body = List<MessageJson>, description = "A page"),
    (status = 422, description = "The cursor is wrong"),
))]
pub async fn messages(
    State(app): State<Arc<App>>,
    member: Member,
    Query(paging): Query<Paging>,
) -> Result<Json<List<MessageJson>>, Problem> {
    let limit = input::limit(paging.limit.as_deref(), 1_000)?;
    let (keys, tenant) = (app.keys().await?, member.ctx.id());
    let opened = paging.cursor.map(|text| cursor::open(&keys, tenant, LIST, &text, "cursor")).transpose()?;
    let after = opened.and_then(|position| place(&position));
    let page = app.tables.tenant(&member.ctx).export(after.as_ref(), limit).await?;
    let mut items: Vec<MessageJson> = page.items.iter().map(MessageJson::from).collect();
    let fit = fitting(&items);
    let next = if fit < items.len() { items.get(fit - 1).map(place_of) } else { page.next };
    items.truncate(fit);
    let next_cursor = next.map(|at| cursor::seal(&keys, tenant, LIST, &format!("{}.{}", at.conversation, at.seq)));
    Ok(Json(List { items, next_cursor }))
}

/// How many of them one answer holds: at least one.
fn fitting(items: &[MessageJson]) -> usize {
    let mut bytes = 0;
    let held = items.iter().take_while(|item| {
        bytes += serde_json::to_vec(item).map_or(0, |json| json.len());
        bytes <= BYTES_MAX
    });
    held.count().max(1).min(items.len())
}

fn place_of(message: &MessageJson) -> ExportCursor {
    ExportCursor { conversation: message.conversation_id.clone(), seq: message.seq }
}

/// A position that we sealed ourselves.
fn place(position: &str) -> Option<ExportCursor> {
    let (conversation, seq) = position.split_once('.')?;
    Some(ExportCursor { conversation: conversation.parse().ok()?, seq: seq.parse().ok()? })
}

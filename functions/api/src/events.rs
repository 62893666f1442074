//! `GET /v1/events`: what changed, as the events of the socket and of webhooks, for integrators that ask.

use std::sync::Arc;

use axum::{Json, extract::State};
use frame::{Cursor, Event};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App,
    access::Member,
    input::Query,
    problem::Problem,
    realtime::sync::{Found, read, resources},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The `next` of the last answer, or of `sync`; absent: nothing but the place to start from.
    after: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Events {
    /// Each resource once, as it stands now.
    pub items: Vec<Event>,
    /// Keep it for the next call: a whole number as text.
    #[schema(example = "4711", pattern = "^[0-9]+$")]
    pub next: String,
    /// `false`: call again at once.
    pub complete: bool,
}

/// What changed since, oldest first. A resource that changed twice is told once, as it stands now.
#[utoipa::path(get, path = "/events", tag = "realtime", operation_id = "list_events", params(After), responses(
    (status = 200, body = Events, description = "What changed"),
    (status = 410, description = "`cursor_expired`: load afresh, from a new cursor"),
    (status = 422, description = "`after` is no cursor"),
))]
pub async fn events(
    State(app): State<Arc<App>>,
    member: Member,
    Query(query): Query<After>,
) -> Result<Json<Events>, Problem> {
    let (tenant, now) = (app.tables.tenant(&member.ctx), app.now());
    let Some(after) = query.after else {
        let next = tenant.log_head(now).await?.to_string();
        return Ok(Json(Events { items: Vec::new(), next, complete: true }));
    };
    let read = read(&tenant, &after, "after").await?;
    let (found, names) = resources(&app, &member, &tenant, &read.refs).await?;
    let (whose, cursor) = (member.ctx.id(), Some(Cursor::of_block(read.next)));
    let event = |found: Found| match found {
        Found::Row(row) => Some(Event::of_row(whose, &row, &names, cursor, now)),
        Found::Message(message) => Some(Event::of_message(whose, &message, cursor, now)),
        // Channels have no event of their own, and what is gone has nothing to show.
        Found::Channel(..) | Found::Gone(..) => None,
    };
    let items = found.into_iter().filter_map(event).collect();
    Ok(Json(Events { items, next: read.next.to_string(), complete: read.complete }))
}

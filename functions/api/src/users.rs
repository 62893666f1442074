//! `GET /v1/users`, `GET /v1/presence`: the team, and who of it is here.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use domain::{ConversationId, Role, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, access::Member, page::List, problem::Problem};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserJson {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// The people of the tenant, by name: whom a conversation may be assigned to. One page holds them all.
#[utoipa::path(get, path = "/users", tag = "team", operation_id = "list_users", responses((status = 200, body = List<UserJson>, description = "The team")))]
pub async fn users(State(app): State<Arc<App>>, member: Member) -> Result<Json<List<UserJson>>, Problem> {
    let users = app.tables.tenant(&member.ctx).users().await?;
    let mut items: Vec<_> = users
        .into_iter()
        .map(|user| UserJson { id: user.id, name: user.name, email: user.email, role: user.role })
        .collect();
    items.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(Json(List { items, next_cursor: None }))
}

/// A person with an open socket.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct Presence {
    pub user: PresentUser,
    /// Since when, of the oldest of their sockets.
    pub since: Timestamp,
    /// The conversations that they have open now.
    pub viewing: Vec<ConversationId>,
}

#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct PresentUser {
    pub id: UserId,
    pub name: String,
}

/// Who is here now. One page holds them all.
#[utoipa::path(get, path = "/presence", tag = "team", operation_id = "list_presence", responses(
    (status = 200, body = List<Presence>, description = "Those with an open socket"),
))]
pub async fn presence(State(app): State<Arc<App>>, member: Member) -> Result<Json<List<Presence>>, Problem> {
    let sockets = app.tables.tenant(&member.ctx).sockets(app.now()).await?;
    let mut here: BTreeMap<UserId, Presence> = BTreeMap::new();
    for socket in sockets {
        let user = PresentUser { id: socket.user.clone(), name: socket.name };
        let fresh = Presence { user, since: socket.connected_at, viewing: Vec::new() };
        let person = here.entry(socket.user).or_insert(fresh);
        person.since = person.since.min(socket.connected_at);
        person.viewing.extend(socket.topics.iter().filter_map(|t| t.strip_prefix("conversation:")?.parse().ok()));
    }
    let mut items: Vec<_> = here.into_values().collect();
    items.iter_mut().for_each(|person| {
        person.viewing.sort();
        person.viewing.dedup();
    });
    Ok(Json(List { items, next_cursor: None }))
}

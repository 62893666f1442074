//! `GET /v1/conversations/{id}/send-options`.

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::send_option::{Closed, Path, PriceClass, SendOption, Standing};
use domain::{ConversationId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, access::Member, input::Id, problem::Problem};

#[derive(Serialize, ToSchema)]
pub struct SendOptions {
    /// Every way that the conversation's channel offers.
    pub options: Vec<SendOptionJson>,
}

/// One way of sending, as it stands now.
#[derive(Serialize, ToSchema)]
#[schema(as = SendOption)]
pub struct SendOptionJson {
    pub path: Path,
    pub open: bool,
    /// Until when it is open; `null`: it does not end, or it is closed.
    #[schema(required)]
    pub until: Option<Timestamp>,
    pub price: PriceClass,
    /// Until when the price is `free_entry_point`.
    #[schema(required)]
    pub free_until: Option<Timestamp>,
    /// Why it is closed.
    #[schema(required)]
    pub closed: Option<ClosedJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ClosedReason)]
pub struct ClosedJson {
    pub code: Closed,
    /// One sentence for the developer; an app translates by `code`.
    pub text: &'static str,
}

impl From<SendOption> for SendOptionJson {
    fn from(option: SendOption) -> Self {
        let SendOption { path, state, price, free_until } = option;
        let closed = state.err().map(|code| ClosedJson { code, text: code.sentence() });
        Self { path, open: state.is_ok(), until: state.ok().flatten(), price, free_until, closed }
    }
}

/// Which ways of sending are open, until when and at what class of price, and why the others are closed. A send is judged by the same
/// rules.
#[utoipa::path(get, path = "/conversations/{id}/send-options", tag = "conversations", operation_id = "send_options",
    params(("id" = ConversationId, Path)), responses(
    (status = 200, body = SendOptions, description = "As it stands now"),
    (status = 404, description = "`not_found`"),
))]
pub async fn send_options(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<ConversationId>,
) -> Result<Json<SendOptions>, Problem> {
    let head = app.tables.tenant(&member.ctx).head(&id).await?.ok_or_else(Problem::not_found)?;
    let options = Standing::from(&head).options(app.now()).into_iter().map(SendOptionJson::from).collect();
    Ok(Json(SendOptions { options }))
}

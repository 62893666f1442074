//! `DELETE /v1/messages/{id}`: a send is taken back before it goes out.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use domain::{MessageId, delivery::Claim};
use frame::resource::MessageJson;
use table::Cancelled;

use crate::{App, access::Member, input::Id, problem::Problem};

/// As long as it takes to write that it was taken back, many times over.
const LEASE: Duration = Duration::from_secs(30);

/// Takes a send back that still waits for its turn or its time: it ends as `failed` with `cancelled`. The later parts of its request go on.
#[utoipa::path(delete, path = "/messages/{id}", tag = "messages", operation_id = "cancel_message", params(("id" = MessageId, Path)), responses(
    (status = 200, body = MessageJson, description = "It will not be sent"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`not_cancellable`: it is on its way, or has long been"),
))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<MessageId>,
) -> Result<Json<MessageJson>, Problem> {
    let now = app.now();
    let claim = Claim { id: format!("cancel {}", member.request_id), until: now.plus(LEASE) };
    match app.tables.tenant(&member.ctx).cancel(&id, &claim, now).await? {
        Cancelled::Done(message) => Ok(Json(MessageJson::from(&message))),
        Cancelled::NotQueued(_) => {
            Err(Problem::conflict("not_cancellable", "Only what still waits for its turn can be taken back."))
        }
        Cancelled::NotFound => Err(Problem::not_found()),
    }
}

//! `POST /v1/messages/{id}/retry`: "send again", said by a person.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use domain::{MessageId, send_option::Path};
use frame::resource::MessageJson;
use table::Retried;

use super::{send::out_full, window};
use crate::{App, access::Member, input::Id, problem::Problem};

/// Sends a failed message again, or one whose outcome is unknown: then the customer may get it twice.
#[utoipa::path(post, path = "/messages/{id}/retry", tag = "messages", operation_id = "retry_message", params(("id" = MessageId, Path)), responses(
    (status = 202, body = MessageJson, description = "Queued again"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`not_retryable`: it neither failed nor is unknown; `out_full`: too many sends wait already"),
    (status = 422, description = "`window_closed`: `alternatives` says what is legal now"),
))]
pub async fn retry(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<MessageId>,
) -> Result<(StatusCode, Json<MessageJson>), Problem> {
    let (tenant, now) = (app.tables.tenant(&member.ctx), app.now());
    let head = tenant.head_eventual(id.conversation()).await?.ok_or_else(Problem::not_found)?;
    let message = tenant.message(&id).await?.ok_or_else(Problem::not_found)?;
    window::allowed(&head, Path::of(message.kind), now, "id")?;
    match tenant.retry(&id, now).await? {
        Retried::Queued(message) => Ok((StatusCode::ACCEPTED, Json(app.shown_one(&member.ctx, &message).await?))),
        Retried::NotRetryable(_) => {
            Err(Problem::conflict("not_retryable", "Only what failed, or whose outcome is unknown, is sent again."))
        }
        Retried::OutFull => Err(out_full()),
        Retried::NotFound => Err(Problem::not_found()),
    }
}

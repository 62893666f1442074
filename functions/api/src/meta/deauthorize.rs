//! `POST /v1/meta/deauthorize`: a person has removed our app at Meta.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FromMeta, revoke};
use crate::{App, problem::Problem};

#[derive(Serialize, ToSchema)]
pub struct Deauthorized {
    success: bool,
}

/// Meta's deauthorise callback: the accounts that this person connected wait for a reconnect, and their tokens are forgotten.
/// Inbound goes on. [Meta](https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow#deauth-callback).
#[utoipa::path(post, path = "/meta/deauthorize", tag = "channels", operation_id = "deauthorize",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`signed_request=…`"), responses(
    (status = 200, body = Deauthorized, description = "Done"),
    (status = 400, description = "`invalid_signed_request`"),
    (status = 401, description = "`forged_signed_request`"),
))]
pub async fn deauthorize(State(app): State<Arc<App>>, meta: FromMeta) -> Result<Json<Deauthorized>, Problem> {
    let accounts = revoke::all(&app, &meta, "channel.deauthorized").await?;
    tracing::info!(accounts, "someone has removed our Meta app");
    Ok(Json(Deauthorized { success: true }))
}

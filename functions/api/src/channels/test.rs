//! `POST /v1/channels/{id}/test`: asks the channel whether the account's token is good.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use channel_meta::probe::Probe;
use domain::{Account, AccountId, AccountStatus};
use frame::resource::ChannelJson;

use super::{connect::secret_problem, health::healthy};
use crate::{App, access::Member, input::Id, problem::Problem};

/// Tests an account's token and keeps what the channel said as its health. A good token wakes what waited for it; where
/// the number's webhooks go is told as well. An account that was disconnected stays so.
#[utoipa::path(post, path = "/channels/{id}/test", tag = "channels", operation_id = "test_channel", params(("id" = AccountId, Path)),
    responses(
    (status = 200, body = ChannelJson, description = "As it stands now"),
    (status = 404, description = "`not_found`"),
    (status = 503, description = "`channel_unreachable`"),
))]
pub async fn test(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<AccountId>,
) -> Result<Json<ChannelJson>, Problem> {
    let tenant = app.tables.tenant(&member.ctx);
    let account = tenant.account(&id).await?.ok_or_else(Problem::not_found)?;
    if account.status == AccountStatus::Disconnected {
        return Ok(Json(ChannelJson::from(&account)));
    }
    let (status, health) = match ask(&app, &member, &account).await? {
        Probe::Owns { name, webhooks_to } => {
            (AccountStatus::Active, healthy(name.as_deref(), webhooks_to.as_deref(), &app.public_url))
        }
        Probe::Refused => {
            (AccountStatus::NeedsReauth, "The channel refuses the token: reconnect the account.".to_owned())
        }
        Probe::NotItsOwn => (AccountStatus::NeedsReauth, "The token may not act for this account.".to_owned()),
        Probe::Unreachable(why) => {
            tracing::warn!(why, "the channel could not be asked");
            return Err(unreachable());
        }
    };
    tenant.set_account_status(&account, status, Some(&health)).await?;
    if status == AccountStatus::Active && account.status != status {
        tenant.unpark_account(&id, app.now()).await?;
    }
    let now = tenant.account(&id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(ChannelJson::from(&now)))
}

/// An account without a token is as one whose token is refused.
async fn ask(app: &App, member: &Member, account: &Account) -> Result<Probe, Problem> {
    let token = app.tokens.access_token(member.ctx.id(), &account.id, account.credential, app.now()).await;
    match token.map_err(|error| secret_problem(&error))? {
        Some(token) => Ok(app.graph.number(&account.external_id, token.expose()).await),
        None => Ok(Probe::Refused),
    }
}

pub fn unreachable() -> Problem {
    let busy = StatusCode::SERVICE_UNAVAILABLE;
    Problem::new(busy, "channel_unreachable", "The channel could not be asked: try again.").retry_after(5)
}

//! `DELETE /v1/channels/{id}`: the account is taken off; what was written on it stays.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State};
use channel_meta::NotDone;
use channel_whatsapp::onboarding;
use domain::{Account, AccountId, AccountStatus, ChannelType};
use frame::resource::ChannelJson;
use serde_json::json;
use table::Route;

use super::connect::{of_business, secret_problem};
use crate::{
    App,
    access::Member,
    audit::{self, Deed},
    input::Id,
    problem::Problem,
};

const CHANNEL: ChannelType = ChannelType::Whatsapp;

/// Disconnects an account: its token is forgotten, its sends wait, its conversations stay. When none of its business account's
/// numbers is connected here any more, our app no longer hears of it. A reconnect gives the same account again. The number's
/// registration at the channel is left as it is. Safe to repeat.
#[utoipa::path(delete, path = "/channels/{id}", tag = "channels", operation_id = "disconnect_channel", params(("id" = AccountId, Path)),
    responses(
    (status = 200, body = ChannelJson, description = "Disconnected"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`reconnected`: somebody connected it anew meanwhile"),
    (status = 503, description = "`channel_unreachable`: nothing has changed"),
))]
pub async fn disconnect(
    State(app): State<Arc<App>>,
    member: Member,
    Id(id): Id<AccountId>,
) -> Result<Json<ChannelJson>, Problem> {
    let tenant = app.tables.tenant(&member.ctx);
    let account = tenant.account(&id).await?.ok_or_else(Problem::not_found)?;
    let unsubscribed = leave(&app, &member, &account).await?;
    if !tenant.set_account_status(&account, AccountStatus::Disconnected, None).await? {
        return Err(Problem::conflict("reconnected", "Somebody connected this account anew meanwhile."));
    }
    let route = Route { tenant: member.ctx.id().clone(), account: id.clone() };
    app.tables.global().delete_route(account.channel, &account.external_id, &route).await?;
    hand_over(&app, &member, &account, &route).await?;
    app.tokens.forget_token(member.ctx.id(), &id).await.map_err(|error| secret_problem(&error))?;
    app.names.forget(member.ctx.id());
    let deed = Deed {
        actor: member.session.user.as_str(),
        action: "channel.disconnect",
        target: id.as_str(),
        request_id: &member.request_id,
        details: json!({"external_id": account.external_id, "unsubscribed": unsubscribed}),
    };
    audit::record(&app, Some(&member.ctx), deed).await?;
    let account = Account { status: AccountStatus::Disconnected, health: None, ..account };
    Ok(Json(ChannelJson::from(&account)))
}

/// Ends the subscription of the business account, if this was the last of its numbers here. A token that is no longer good cannot:
/// then Meta has ended it, or the business does. Returns whether it was ended.
async fn leave(app: &App, member: &Member, account: &Account) -> Result<bool, Problem> {
    let Some(waba) = account.waba_id.as_ref().filter(|_| account.channel == CHANNEL) else { return Ok(false) };
    let token = app.tokens.access_token(member.ctx.id(), &account.id, account.credential, app.now()).await;
    let Some(token) = token.map_err(|error| secret_problem(&error))? else { return Ok(false) };
    let left = match others(app, member, account, waba, token.expose()).await? {
        Ok(true) => return Ok(false),
        Ok(false) => onboarding::unsubscribe(&app.graph.caller(), token.expose(), waba).await,
        Err(why) => Err(why),
    };
    match left {
        Ok(()) => Ok(true),
        Err(NotDone::Unreachable(why)) => {
            tracing::warn!(why, "the channel could not be asked");
            Err(super::test::unreachable())
        }
        Err(NotDone::Token | NotDone::Refused { .. }) => {
            tracing::warn!(
                channel_account_id = account.id.as_str(),
                "the subscription could not be ended by this token"
            );
            Ok(false)
        }
    }
}

/// Whether another of the business account's numbers is connected, by whomever: the channel tells which there are, the routes
/// which are connected.
async fn others(
    app: &App,
    member: &Member,
    account: &Account,
    waba: &str,
    token: &str,
) -> Result<Result<bool, NotDone>, Problem> {
    if !siblings(app, member, account).await?.is_empty() {
        return Ok(Ok(true));
    }
    let numbers = match onboarding::numbers(&app.graph.caller(), token, waba).await {
        Ok(numbers) => numbers,
        Err(why) => return Ok(Err(why)),
    };
    let ids: BTreeSet<String> = numbers.into_iter().map(|number| number.id).collect();
    for id in ids.iter().filter(|id| **id != account.external_id) {
        if app.tables.global().route(CHANNEL, id).await?.is_some() {
            return Ok(Ok(true));
        }
    }
    Ok(Ok(false))
}

/// The tenant's other accounts of the same business account that are connected.
async fn siblings(app: &App, member: &Member, account: &Account) -> Result<Vec<Account>, Problem> {
    let all = app.tables.tenant(&member.ctx).accounts().await?;
    let is_sibling = |other: &Account| {
        other.id != account.id
            && other.channel == account.channel
            && other.status != AccountStatus::Disconnected
            && other.waba_id.is_some()
            && other.waba_id == account.waba_id
    };
    Ok(all.into_iter().filter(is_sibling).collect())
}

/// What concerns the business account as a whole is heard by another of its numbers from now on, or by nobody.
async fn hand_over(app: &App, member: &Member, account: &Account, route: &Route) -> Result<(), Problem> {
    let Some(waba) = &account.waba_id else { return Ok(()) };
    let (global, business) = (app.tables.global(), of_business(waba));
    if global.route(account.channel, &business).await?.as_ref() != Some(route) {
        return Ok(());
    }
    match siblings(app, member, account).await?.into_iter().next() {
        Some(heir) => {
            let route = Route { account: heir.id, ..route.clone() };
            global.put_route(account.channel, &business, &route).await?;
        }
        None => global.delete_route(account.channel, &business, route).await?,
    }
    Ok(())
}

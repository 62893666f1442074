//! `POST /v1/channels/connect`: an account, once its token has proved to own it. Again, with another token, is a reconnect.

use std::sync::Arc;

use axum::{Json, extract::State};
use channel_meta::probe::Probe;
use credential::SecretError;
use domain::{Account, AccountId, AccountStatus, ChannelType, TenantId};
use frame::resource::ChannelJson;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use table::{PutRoute, Route};
use utoipa::ToSchema;

use super::healthy;
use crate::{
    App,
    access::Member,
    audit::{self, Deed},
    input::Body,
    operations::unrouted,
    problem::Problem,
};

/// A channel as in the seed file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Connect {
    #[serde(rename = "type")]
    kind: ConnectType,
    #[schema(example = "Sales")]
    name: String,
    phone_number_id: String,
    waba_id: Option<String>,
    display_phone_number: Option<String>,
    /// Kept as a secret, shown to nobody.
    access_token: String,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConnectType {
    Whatsapp,
}

const CHANNEL: ChannelType = ChannelType::Whatsapp;

/// Connects a WhatsApp number, or gives it a new token: then what waited for it is sent, in order. Events that came before are
/// taken in.
#[utoipa::path(post, path = "/channels/connect", tag = "channels", operation_id = "connect_channel", request_body = Connect, responses(
    (status = 200, body = ChannelJson, description = "Connected"),
    (status = 409, description = "`channel_taken`: it is connected elsewhere"),
    (status = 422, description = "`token_refused`, `not_owned`, or a field is wrong"),
    (status = 503, description = "`channel_unreachable`"),
))]
pub async fn connect(
    State(app): State<Arc<App>>,
    member: Member,
    Body(connect): Body<Connect>,
) -> Result<Json<ChannelJson>, Problem> {
    let ConnectType::Whatsapp = connect.kind;
    check(&connect)?;
    // The proof comes first: only who owns the number learns whether it is connected somewhere.
    let name = prove(&app, &connect).await?;
    let id = account_id(&app, member.ctx.id(), &connect.phone_number_id).await?;
    let account = keep(&app, &member, id, connect, name.as_deref()).await?;
    let route = Route { tenant: member.ctx.id().clone(), account: account.id.clone() };
    let tenant = app.tables.tenant(&member.ctx);
    match app.tables.global().put_route(CHANNEL, &account.external_id, &route).await? {
        PutRoute::Done => {}
        PutRoute::OtherTenant => {
            tenant.set_account_status(&account, AccountStatus::Disconnected, None).await?;
            return Err(taken());
        }
    }
    // After the route: an event that races us either finds the route or is found here.
    let woken = tenant.unpark_account(&account.id, app.now()).await?;
    let replayed = unrouted::replay_of_account(&app, member.ctx.id(), CHANNEL, &account.external_id).await?;
    app.names.forget(member.ctx.id());
    let details = json!({"external_id": account.external_id, "credential": account.credential, "woken": woken, "replayed": replayed});
    let deed = Deed {
        actor: &member.session.user,
        action: "channel.connect",
        target: account.id.as_str(),
        request_id: &member.request_id,
        details,
    };
    audit::record(&app, Some(&member.ctx), deed).await?;
    Ok(Json(ChannelJson::from(&account)))
}

fn check(connect: &Connect) -> Result<(), Problem> {
    let empty = |field: &'static str| Err(Problem::invalid(field, "invalid", "This may not be empty."));
    if connect.name.trim().is_empty() {
        return empty("name");
    }
    if connect.access_token.trim().is_empty() {
        return empty("access_token");
    }
    let digits = |id: &str| !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_digit());
    if digits(&connect.phone_number_id) {
        Ok(())
    } else {
        Err(Problem::invalid("phone_number_id", "invalid", "A phone number's id is digits."))
    }
}

/// The number's own name, once the token has proved to own it.
async fn prove(app: &App, connect: &Connect) -> Result<Option<String>, Problem> {
    match app.graph.number(&connect.phone_number_id, &connect.access_token).await {
        Probe::Owns { name } => Ok(name),
        Probe::Refused => {
            Err(Problem::invalid("access_token", "token_refused", "The channel does not accept this token."))
        }
        Probe::NotItsOwn => {
            Err(Problem::invalid("phone_number_id", "not_owned", "This token may not act for this number."))
        }
        Probe::Unreachable(why) => {
            tracing::warn!(why, "the channel could not be asked");
            Err(super::test::unreachable())
        }
    }
}

/// The account that the number has here, or the one that it will have: the same for two connects at once.
async fn account_id(app: &App, tenant: &TenantId, external: &str) -> Result<AccountId, Problem> {
    match app.tables.global().route(CHANNEL, external).await? {
        Some(route) if route.tenant == *tenant => Ok(route.account),
        Some(_) => Err(taken()),
        None => {
            let digest = Sha256::digest(format!("account {tenant} {CHANNEL} {external}"));
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&digest[..16]);
            Ok(AccountId::from_bytes(bytes))
        }
    }
}

fn taken() -> Problem {
    Problem::conflict("channel_taken", "This account is connected elsewhere.")
}

/// Keeps the token, then the account that names it.
async fn keep(
    app: &App,
    member: &Member,
    id: AccountId,
    connect: Connect,
    own_name: Option<&str>,
) -> Result<Account, Problem> {
    let tenant = app.tables.tenant(&member.ctx);
    let before = tenant.account(&id).await?;
    let credential = before.as_ref().map_or(0, |account| account.credential) + 1;
    let put = app.tokens.put_token(member.ctx.id(), &id, credential, &connect.access_token).await;
    put.map_err(|error| secret_problem(&error))?;
    let account = Account {
        id,
        channel: CHANNEL,
        name: connect.name.trim().to_owned(),
        external_id: connect.phone_number_id,
        status: AccountStatus::Active,
        health: Some(healthy(own_name)),
        waba_id: connect.waba_id,
        display_phone_number: connect.display_phone_number,
        credential,
        throttled_until: None,
        read_receipts: before.as_ref().is_none_or(|account| account.read_receipts),
        created_at: before.map_or(app.now(), |account| account.created_at),
    };
    tenant.put_account(&account).await?;
    Ok(account)
}

/// The tenant's secret cannot be read or written.
pub fn secret_problem(error: &SecretError) -> Problem {
    tracing::error!(%error, "a tenant's secret");
    match error {
        SecretError::Unavailable(_) => Problem::busy(),
        SecretError::Missing | SecretError::Unreadable => Problem::internal(),
    }
}

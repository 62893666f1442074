//! `POST /v1/channels/connect`: an account, once its token has proved to own it. Again, with another token, is a reconnect.

mod past;
mod proof;
mod register;
mod request;
mod signup;
mod subscribe;

use std::sync::Arc;

use axum::{Json, extract::State};
use channel_meta::NotDone;
use credential::SecretError;
use domain::{Account, AccountId, AccountStatus, ChannelType, TenantId};
use frame::resource::ChannelJson;
use serde_json::json;
use sha2::{Digest, Sha256};
use table::{Grant, PutRoute, Route};

use self::{
    proof::{Proven, Way},
    request::Connect,
};
use super::health::healthy;
use crate::{
    App,
    access::Member,
    audit::{self, Deed},
    input::Body,
    operations::unrouted,
    problem::Problem,
};

const CHANNEL: ChannelType = ChannelType::Whatsapp;

/// Connects a WhatsApp number, or gives it a new token: then what waited for it is sent, in order. Events that came before are
/// taken in.
///
/// With an `access_token`, or with the `code` of Meta's Embedded Signup. After a signup that was not finished here, ask again with
/// the same ids and without the code, which is good once: what was done already is not done twice.
#[utoipa::path(post, path = "/channels/connect", tag = "channels", operation_id = "connect_channel", request_body = Connect, responses(
    (status = 200, body = ChannelJson, description = "Connected"),
    (status = 409, description = "`channel_taken`: it is connected elsewhere; `signup_not_configured`: the install has no Meta app; \
        `registration_waits`: the channel wants a pause"),
    (status = 422, description = "`token_refused`, `code_refused`, `not_owned`, `not_shared`, `number_needed`, `no_number`, \
        `pin_refused`, `number_unverified`, `channel_refused`, or a field is wrong"),
    (status = 503, description = "`channel_unreachable`"),
))]
pub async fn connect(
    State(app): State<Arc<App>>,
    member: Member,
    Body(connect): Body<Connect>,
) -> Result<Json<ChannelJson>, Problem> {
    let wish = connect.check()?;
    // The proof comes first: only who owns the number learns whether it is connected somewhere.
    let proven = proof::prove(&app, &member, &wish).await?;
    let id = account_id(&app, &member, &proven.number).await?;
    let before = app.tables.tenant(&member.ctx).account(&id).await?;
    let credential = before.as_ref().map_or(0, |account| account.credential) + 1;
    let put = app.tokens.put_token(member.ctx.id(), &id, credential, &proven.token).await;
    put.map_err(|error| secret_problem(&error))?;
    // A code is good once. From here on its token is kept, and the same again finds it.
    let (proven, note) = finish(&app, &member, &id, proven, wish.pin.as_deref()).await?;
    let had = before.as_ref().map(|account| account.asked_for.clone()).unwrap_or_default();
    let name = wish.name.or_else(|| proven.own_name.clone()).unwrap_or_else(|| proven.number.clone());
    let good = healthy(proven.own_name.as_deref(), proven.webhooks_to.as_deref(), &app.public_url);
    let account = Account {
        id,
        channel: CHANNEL,
        name,
        external_id: proven.number.clone(),
        status: AccountStatus::Active,
        health: Some(note.map_or(good.clone(), |note| format!("{good} {note}"))),
        waba_id: proven.waba.clone().or_else(|| before.as_ref()?.waba_id.clone()),
        display_phone_number: proven
            .display_phone_number
            .clone()
            .or_else(|| before.as_ref()?.display_phone_number.clone()),
        credential,
        throttled_until: None,
        read_receipts: before.as_ref().is_none_or(|account| account.read_receipts),
        // After another signup everything may be asked for once more.
        asked_for: if proven.way.is_new() { Vec::new() } else { had.clone() },
        created_at: before.map_or(app.now(), |account| account.created_at),
    };
    open(&app, &member, &account, &proven).await?;
    let account = past::ask_for(&app, &member, account, &proven, &had).await?;
    Ok(Json(ChannelJson::from(&account)))
}

/// The steps at the channel. Each is safe to repeat. What is not well and does not keep the account from working is returned.
async fn finish(
    app: &App,
    member: &Member,
    id: &AccountId,
    mut proven: Proven,
    pin: Option<&str>,
) -> Result<(Proven, Option<String>), Problem> {
    let note = match &proven.way {
        Way::Signup(number) => {
            subscribe::signed_up(app, &proven).await?;
            if !number.is_on_a_phone && !number.is_registered {
                register::register(app, member, id, &proven, pin).await?;
            }
            None
        }
        Way::Token => subscribe::by_hand(app, &mut proven).await?,
    };
    // Where the messages go may have changed just now.
    if let channel_meta::probe::Probe::Owns { webhooks_to, name } =
        app.graph.number(&proven.number, &proven.token).await
    {
        proven.webhooks_to = webhooks_to;
        proven.own_name = name.or(proven.own_name);
    }
    Ok((proven, note))
}

/// The account, its routes, what waited for it, and who did it.
async fn open(app: &App, member: &Member, account: &Account, proven: &Proven) -> Result<(), Problem> {
    let (tenant, global) = (app.tables.tenant(&member.ctx), app.tables.global());
    tenant.put_account(account).await?;
    let route = Route { tenant: member.ctx.id().clone(), account: account.id.clone() };
    if global.put_route(CHANNEL, &account.external_id, &route).await? == PutRoute::OtherTenant {
        tenant.set_account_status(account, AccountStatus::Disconnected, None).await?;
        return Err(taken());
    }
    if let Some(waba) = account.waba_id.as_ref().filter(|_| proven.owns_waba) {
        // Several numbers may be of one business account: the first, and its tenant, hears of it.
        if global.route(CHANNEL, &of_business(waba)).await?.is_none() {
            global.put_route(CHANNEL, &of_business(waba), &route).await?;
        }
    }
    if let Some(user) = &proven.granted_by {
        let Route { tenant, account: id } = route;
        let grant = Grant { tenant, account: id, credential: account.credential, at: app.now() };
        global.put_grant(user, &grant).await?;
    }
    // After the route: an event that races us either finds the route or is found here.
    let woken = tenant.unpark_account(&account.id, app.now()).await?;
    let replayed = unrouted::replay_of_account(app, member.ctx.id(), CHANNEL, &account.external_id).await?;
    app.names.forget(member.ctx.id());
    let details = json!({"external_id": account.external_id, "credential": account.credential, "woken": woken, "replayed": replayed,
        "by": proven.way.word()});
    let deed = Deed {
        actor: member.session.user.as_str(),
        action: "channel.connect",
        target: account.id.as_str(),
        request_id: &member.request_id,
        details,
    };
    audit::record(app, Some(&member.ctx), deed).await
}

/// What the route of a whole business account is called.
pub(super) fn of_business(waba: &str) -> String {
    format!("{}{waba}", channel_whatsapp::BUSINESS_ACCOUNT)
}

/// The account that the number has or had here, or the one that it will have: the same for two connects at once.
async fn account_id(app: &App, member: &Member, external: &str) -> Result<AccountId, Problem> {
    match app.tables.global().route(CHANNEL, external).await? {
        Some(route) if route.tenant == *member.ctx.id() => return Ok(route.account),
        Some(_) => return Err(taken()),
        None => {}
    }
    let accounts = app.tables.tenant(&member.ctx).accounts().await?;
    let had = accounts.into_iter().find(|known| known.channel == CHANNEL && known.external_id == external);
    Ok(had.map_or_else(|| new_id(member.ctx.id(), external), |account| account.id))
}

fn new_id(tenant: &TenantId, external: &str) -> AccountId {
    let digest = Sha256::digest(format!("account {tenant} {CHANNEL} {external}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    AccountId::from_bytes(bytes)
}

fn taken() -> Problem {
    Problem::conflict("channel_taken", "This account is connected elsewhere.")
}

/// Why Graph did not do a step, where the step has nothing more to say of it.
fn not_done(why: NotDone, field: &'static str) -> Problem {
    match why {
        NotDone::Token => Problem::invalid(
            field,
            "token_refused",
            "The channel does not accept this token: go through the signup again.",
        ),
        NotDone::Unreachable(why) => {
            tracing::warn!(why, "the channel could not be asked");
            super::test::unreachable()
        }
        NotDone::Refused { code, said } => {
            tracing::warn!(code, "the channel refused a step of the connect");
            Problem::invalid(field, "channel_refused", said)
        }
    }
}

/// The tenant's secret cannot be read or written.
pub fn secret_problem(error: &SecretError) -> Problem {
    tracing::error!(%error, "a secret");
    match error {
        SecretError::Unavailable(_) => Problem::busy(),
        SecretError::Missing | SecretError::Unreadable => Problem::internal(),
    }
}

//! Meta's login: someone signs up with a number of theirs, a code stands for the token that comes of it, and Meta tells what a token
//! is good for. [Embedded Signup](https://developers.facebook.com/docs/whatsapp/embedded-signup/implementation).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::Playing;
use super::account::SimAccount;
use super::coexistence::Past;
use super::customer::Unfit;
use super::graph::token;
use super::onboarding::{Business, Number};
use super::refusal::Refusal;
use super::store::{State as Everything, kept_account, kept_business, kept_number};
use crate::aws::journal::Change;
use crate::seed::{MetaApp, SeedFile};

/// How long a code is good, in ms.
const CODE_MS: u64 = 30_000;

/// An app of Meta's, with the secret in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimApp {
    pub app_id: String,
    pub app_secret: String,
}

impl SimApp {
    /// The apps of a seed; the install's own come first.
    pub fn of_seed(seed: &SeedFile) -> Vec<Self> {
        let (own, tenants): (Vec<_>, Vec<_>) = seed.meta_apps.iter().partition(|app| app.tenant.is_none());
        let one = |app: &MetaApp| {
            let app_secret = app.app_secrets.first()?.clone();
            Some(Self { app_id: app.app_id.clone(), app_secret })
        };
        own.into_iter().chain(tenants).filter_map(one).collect()
    }
}

/// A signup that has ended and waits for its code to be exchanged.
pub(super) struct Signup {
    number: String,
    until: u64,
    is_used: bool,
}

pub(super) fn routes() -> Router<Arc<Playing>> {
    Router::new()
        .route("/simulator/api/signups", routing::post(sign_up))
        .route("/simulator/api/signed-requests", routing::post(signed_request))
        .route("/simulator/graph/{version}/oauth/access_token", routing::get(exchange))
        .route("/simulator/graph/{version}/debug_token", routing::get(debug))
}

type Sim = State<Arc<Playing>>;

/// Someone goes through the signup with a number of theirs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningUp {
    phone_number_id: String,
    waba_id: String,
    display_phone_number: String,
    name: String,
    #[serde(default)]
    is_on_a_phone: bool,
    /// The number's two-step PIN, if it has one.
    #[serde(default)]
    pin: Option<String>,
    /// Whether a number that stays on its phone gives its chats so far.
    #[serde(default = "yes")]
    shares_history: bool,
}

fn yes() -> bool {
    true
}

async fn sign_up(State(playing): Sim, Json(signing): Json<SigningUp>) -> Result<(StatusCode, Json<Value>), Unfit> {
    let digits = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(&signing.phone_number_id) || !digits(&signing.waba_id) {
        return Err(Unfit(StatusCode::UNPROCESSABLE_ENTITY, "phone_number_id and waba_id are digits"));
    }
    let Some(app) = playing.apps.first() else {
        return Err(Unfit(StatusCode::CONFLICT, "the install has no Meta app to sign up with"));
    };
    let (number, waba) = (signing.phone_number_id.clone(), signing.waba_id.clone());
    let event = if signing.is_on_a_phone { "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING" } else { "FINISH" };
    let code = format!("AQ{}", random());
    let changes = {
        let mut state = playing.store.state();
        let until = (playing.now)() + CODE_MS;
        state.signups.insert(code.clone(), Signup { number: number.clone(), until, is_used: false });
        if state.accounts.contains_key(&number) {
            Vec::new()
        } else {
            arrive(&mut state, signing, app, (playing.now)())
        }
    };
    playing.store.keep(changes).await;
    let data = json!({ "phone_number_id": number, "waba_id": waba });
    Ok((StatusCode::CREATED, Json(json!({ "code": code, "event": event, "data": data, "user_id": user(&waba) }))))
}

/// A number that was not here before. It is not registered, and nobody is told of its business account.
fn arrive(state: &mut Everything, signing: SigningUp, app: &SimApp, now: u64) -> Vec<Change> {
    let known = state.accounts.values().find(|account| account.waba_id == signing.waba_id);
    let access_token = known.map_or_else(|| format!("EAA{}", random()), |account| account.access_token.clone());
    let mut changes = Vec::new();
    if known.is_none() {
        let business = Business::default();
        changes.push(kept_business(&signing.waba_id, &business));
        state.businesses.insert(signing.waba_id.clone(), business);
    }
    let past = signing.is_on_a_phone.then(|| Past::of_signup(now, signing.shares_history));
    let is_on_a_phone = signing.is_on_a_phone;
    let number = Number { is_registered: is_on_a_phone, is_on_a_phone, pin: signing.pin, past };
    let account = SimAccount {
        phone_number_id: signing.phone_number_id,
        waba_id: signing.waba_id,
        display_phone_number: signing.display_phone_number,
        name: signing.name,
        access_token,
        app_secret: app.app_secret.clone(),
    };
    changes.extend([kept_account(&account), kept_number(&account.phone_number_id, &number)]);
    state.numbers.insert(account.phone_number_id.clone(), number);
    state.accounts.insert(account.phone_number_id.clone(), account);
    changes
}

/// Whoever signs up with a business account: the same person each time.
fn user(waba: &str) -> String {
    format!("77{waba}")
}

fn random() -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    HEXLOWER.encode(&random)
}

#[derive(Deserialize)]
struct Leaving {
    user_id: String,
}

/// What Meta would post when this person removes the app, or asks for a deletion.
/// [Form](https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback).
async fn signed_request(State(playing): Sim, Json(leaving): Json<Leaving>) -> Result<Json<Value>, Unfit> {
    let app = playing.apps.first().ok_or(Unfit(StatusCode::CONFLICT, "the install has no Meta app"))?;
    let issued_at = (playing.now)() / 1_000;
    let payload = json!({ "algorithm": "HMAC-SHA256", "issued_at": issued_at, "user_id": leaving.user_id }).to_string();
    let payload = BASE64URL_NOPAD.encode(payload.as_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(app.app_secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(payload.as_bytes());
    let signature = BASE64URL_NOPAD.encode(&mac.finalize().into_bytes());
    Ok(Json(json!({ "signed_request": format!("{signature}.{payload}") })))
}

async fn exchange(State(playing): Sim, Query(query): Query<BTreeMap<String, String>>) -> Result<Json<Value>, Refusal> {
    let asked = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let app = playing.apps.iter().find(|app| app.app_id == asked("client_id"));
    if app.is_none_or(|app| app.app_secret != asked("client_secret")) {
        return Err(Refusal::client_secret());
    }
    let now = (playing.now)();
    let mut state = playing.store.state();
    let signup = state.signups.get_mut(asked("code")).ok_or_else(Refusal::no_code)?;
    if signup.is_used {
        return Err(Refusal::used_code());
    }
    if signup.until < now {
        return Err(Refusal::old_code());
    }
    signup.is_used = true;
    let number = signup.number.clone();
    let account = state.accounts.get(&number).ok_or_else(Refusal::number)?;
    Ok(Json(json!({ "access_token": account.access_token, "token_type": "bearer" })))
}

async fn debug(
    State(playing): Sim,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let own = |app: &&SimApp| format!("{}|{}", app.app_id, app.app_secret) == token(&headers);
    let app = playing.apps.iter().find(own).ok_or_else(Refusal::token)?;
    let state = playing.store.state();
    let input = query.get("input_token").map(String::as_str).unwrap_or_default();
    let account = state.accounts.values().find(|account| account.access_token == input);
    let Some(account) = account.filter(|account| !state.faults.revoked && account.app_secret == app.app_secret) else {
        let error = json!({ "code": 190, "message": "Invalid OAuth access token." });
        return Ok(Json(json!({ "data": { "error": error, "is_valid": false, "scopes": [] } })));
    };
    let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
    let granular = scopes.map(|scope| json!({ "scope": scope, "target_ids": [account.waba_id] }));
    Ok(Json(json!({ "data": {
        "app_id": app.app_id, "type": "SYSTEM_USER", "is_valid": true, "expires_at": 0, "user_id": user(&account.waba_id),
        "scopes": scopes, "granular_scopes": granular,
    } })))
}

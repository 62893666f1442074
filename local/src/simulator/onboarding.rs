//! What a signup does at Graph: a business account's numbers, who is told of it, and the number's registration.
//! [Embedded Signup](https://developers.facebook.com/docs/whatsapp/embedded-signup/implementation).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::{Json, Router, routing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Playing;
use super::account::SimAccount;
use super::coexistence::Past;
use super::graph::{Node, authorized, authorized_for_all};
use super::refusal::Refusal;
use super::store::{State as Everything, kept_business, kept_number};

/// How a number stands that came by a signup; any other has always been registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Number {
    pub(super) is_registered: bool,
    pub(super) is_on_a_phone: bool,
    pub(super) pin: Option<String>,
    /// Of a number that stays on its phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) past: Option<Past>,
}

/// Who is told of a business account; of one that no signup made its app always has been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Business {
    pub(super) is_subscribed: bool,
    /// It is told to whoever asks; webhooks go to the app's own address all the same.
    override_url: Option<String>,
}

pub(super) fn routes() -> Router<Arc<Playing>> {
    Router::new()
        .route("/simulator/graph/{version}/{number}/phone_numbers", routing::get(numbers))
        .route(
            "/simulator/graph/{version}/{number}/subscribed_apps",
            routing::get(subscribed).post(subscribe).delete(unsubscribe),
        )
        .route("/simulator/graph/{version}/{number}/register", routing::post(register))
}

type Sim = State<Arc<Playing>>;

async fn numbers(State(playing): Sim, Path(node): Path<Node>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let state = playing.store.state();
    authorized_for_all(&state, &headers, &node.number)?;
    let of_business = state.accounts.values().filter(|account| account.waba_id == node.number);
    let data: Vec<_> = of_business.map(|account| number(&state, account)).collect();
    Ok(Json(json!({ "data": data, "paging": { "cursors": { "before": "0", "after": "1" } } })))
}

/// A number as Graph tells of it.
fn number(state: &Everything, account: &SimAccount) -> Value {
    let number = state.numbers.get(&account.phone_number_id);
    let (platform, status) = match number {
        Some(number) if !number.is_registered => ("NOT_APPLICABLE", "PENDING"),
        Some(_) | None => ("CLOUD_API", "CONNECTED"),
    };
    json!({
        "id": account.phone_number_id, "display_phone_number": account.display_phone_number, "verified_name": account.name,
        "platform_type": platform, "status": status, "is_on_biz_app": number.is_some_and(|number| number.is_on_a_phone),
    })
}

/// Where the messages of a number go.
pub(super) fn webhook_configuration(state: &Everything, account: &SimAccount, gateway: &str) -> Value {
    let mut configuration = json!({ "application": format!("{gateway}/webhooks/meta") });
    let business = state.businesses.get(&account.waba_id);
    if let Some(url) = business.and_then(|business| business.override_url.as_ref()) {
        configuration["whatsapp_business_account"] = json!(url);
    }
    configuration
}

async fn subscribed(State(playing): Sim, Path(node): Path<Node>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let state = playing.store.state();
    let account = authorized_for_all(&state, &headers, &node.number)?;
    if !state.tells_of(&node.number) {
        return Ok(Json(json!({ "data": [] })));
    }
    let own = playing.apps.iter().find(|app| app.app_secret == account.app_secret);
    let id = own.map_or("0", |app| app.app_id.as_str());
    let mut app = json!({ "whatsapp_business_api_data": { "id": id, "name": "Switchboard", "link": "" } });
    if let Some(url) = state.businesses.get(&node.number).and_then(|business| business.override_url.as_ref()) {
        app["override_callback_uri"] = json!(url);
    }
    Ok(Json(json!({ "data": [app] })))
}

/// Without an address in the body, an override that is there is gone.
async fn subscribe(
    State(playing): Sim,
    Path(node): Path<Node>,
    headers: HeaderMap,
    body: Option<Json<Value>>,
) -> Result<Json<Value>, Refusal> {
    let body = body.map(|Json(body)| body).unwrap_or_default();
    let url = body["override_callback_uri"].as_str().map(str::to_owned);
    if url.as_ref().is_some_and(|url| url.len() > 200 || body["verify_token"].as_str().is_none_or(str::is_empty)) {
        return Err(Refusal::invalid("override_callback_uri has 200 characters at most and needs a verify_token"));
    }
    let is_subscribed = playing.store.state().tells_of(&node.number);
    if url.is_some() && !is_subscribed {
        return Err(Refusal::invalid(
            "Before override the current callback uri, your app must be subscribed to receive messages for WhatsApp Business Account",
        ));
    }
    set(&playing, &node, &headers, Business { is_subscribed: true, override_url: url }).await
}

async fn unsubscribe(State(playing): Sim, Path(node): Path<Node>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    set(&playing, &node, &headers, Business::default()).await
}

async fn set(playing: &Playing, node: &Node, headers: &HeaderMap, business: Business) -> Result<Json<Value>, Refusal> {
    let change = {
        let mut state = playing.store.state();
        authorized_for_all(&state, headers, &node.number)?;
        let change = kept_business(&node.number, &business);
        state.businesses.insert(node.number.clone(), business);
        change
    };
    playing.store.keep(vec![change]).await;
    Ok(Json(json!({ "success": true })))
}

#[derive(Deserialize)]
struct Registering {
    messaging_product: String,
    pin: String,
}

async fn register(
    State(playing): Sim,
    Path(node): Path<Node>,
    headers: HeaderMap,
    Json(asked): Json<Registering>,
) -> Result<Json<Value>, Refusal> {
    let change = {
        let mut state = playing.store.state();
        authorized(&state, &headers, &node.number)?;
        let before = state.numbers.get(&node.number).cloned().unwrap_or_default();
        if asked.messaging_product != "whatsapp" || asked.pin.len() != 6 {
            return Err(Refusal::invalid("messaging_product is whatsapp, and pin is six digits"));
        }
        if before.is_on_a_phone {
            return Err(Refusal::invalid("A number that is on the WhatsApp Business app is not registered"));
        }
        if before.pin.as_ref().is_some_and(|pin| *pin != asked.pin) {
            return Err(Refusal::pin());
        }
        let number = Number { is_registered: true, pin: Some(asked.pin), ..before };
        let change = kept_number(&node.number, &number);
        state.numbers.insert(node.number.clone(), number);
        change
    };
    playing.store.keep(vec![change]).await;
    Ok(Json(json!({ "success": true })))
}

//! Meta's login and a business account that is shared in it: one code, one token, one business account's numbers.

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::collections::HashMap;

use super::outside::Outside;

/// The business account that is shared.
pub(crate) const WABA: &str = "2001";
/// Meta's id of whoever logged in.
pub(crate) const USER: &str = "77";

#[derive(Default)]
pub(crate) struct Onboarding {
    /// Good once, with the token that each stands for.
    codes: HashMap<String, String>,
    /// As Graph tells of them.
    numbers: Vec<Value>,
    /// The apps that are told of the business account.
    subscribed: Vec<Value>,
    /// What was asked to be done, in order.
    done: Vec<String>,
    /// The number's two-step PIN; none: the first that comes.
    pin: Option<String>,
    /// Where the application's webhooks go.
    pub(super) webhooks_to: Option<String>,
    /// The next of these paths is out of order.
    broken: Option<&'static str>,
    /// What was asked for of the time before, each good once.
    shared: Vec<String>,
    /// The signup was more than a day ago.
    is_late: bool,
}

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

pub(super) fn routes() -> Router<Outside> {
    Router::new()
        .route("/v25.0/oauth/access_token", get(exchange))
        .route("/v25.0/debug_token", get(debug))
        .route("/v25.0/{id}/phone_numbers", get(numbers))
        .route("/v25.0/{id}/subscribed_apps", get(subscribed).post(subscribe).delete(unsubscribe))
        .route("/v25.0/{id}/register", post(register))
        .route("/v25.0/{id}/smb_app_data", post(share))
}

impl Outside {
    /// The install has a Meta app, and someone went through the signup: the code stands for this token.
    pub(crate) fn signed_up(&self, code: &str, token: &str, numbers: &[Value]) {
        self.put_secret("meta-app", &json!({"app_id": "1001", "app_secrets": ["app-secret"]}));
        let mut memory = self.memory();
        memory.owners.insert(token.to_owned(), numbers[0]["id"].as_str().unwrap().to_owned());
        memory.onboarding.codes.insert(code.to_owned(), token.to_owned());
        memory.onboarding.numbers = numbers.to_vec();
    }

    /// From now on these apps are told of the business account.
    pub(crate) fn has_subscribed(&self, apps: &[Value]) {
        self.memory().onboarding.subscribed = apps.to_vec();
    }

    pub(crate) fn subscribed(&self) -> Vec<Value> {
        self.memory().onboarding.subscribed.clone()
    }

    pub(crate) fn has_pin(&self, pin: &str) {
        self.memory().onboarding.pin = Some(pin.to_owned());
    }

    pub(crate) fn pin(&self) -> Option<String> {
        self.memory().onboarding.pin.clone()
    }

    pub(crate) fn sends_webhooks_to(&self, url: &str) {
        self.memory().onboarding.webhooks_to = Some(url.to_owned());
    }

    /// The next call of this path fails on Graph's side.
    pub(crate) fn breaks(&self, path: &'static str) {
        self.memory().onboarding.broken = Some(path);
    }

    /// What was asked to be done at the business account and its numbers since it was last asked.
    pub(crate) fn done(&self) -> Vec<String> {
        std::mem::take(&mut self.memory().onboarding.done)
    }

    /// A day has passed since the signup.
    pub(crate) fn is_late(&self) {
        self.memory().onboarding.is_late = true;
    }

    /// The number was taken off and has signed up anew: all may be asked for once more.
    pub(crate) fn starts_over(&self) {
        let onboarding = &mut self.memory().onboarding;
        (onboarding.shared, onboarding.is_late) = (Vec::new(), false);
    }

    fn refuse(&self, path: &str) -> Result<(), (StatusCode, Json<Value>)> {
        let mut memory = self.memory();
        if memory.onboarding.broken == Some(path) {
            memory.onboarding.broken = None;
            let error = json!({"error": {"code": 2, "is_transient": true, "message": "out of order"}});
            return Err((StatusCode::INTERNAL_SERVER_ERROR, Json(error)));
        }
        Ok(())
    }
}

fn refused(code: u32) -> (StatusCode, Json<Value>) {
    (StatusCode::BAD_REQUEST, Json(json!({"error": {"code": code, "message": format!("(#{code}) no")}})))
}

fn knows(outside: &Outside, headers: &HeaderMap, waba: &str) -> Result<(), (StatusCode, Json<Value>)> {
    let token = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
    if !outside.memory().owners.contains_key(&token) {
        return Err((StatusCode::UNAUTHORIZED, Json(json!({"error": {"code": 190}}))));
    }
    if waba == WABA { Ok(()) } else { Err(refused(100)) }
}

async fn exchange(State(outside): State<Outside>, Query(query): Query<HashMap<String, String>>) -> Answer {
    if query["client_id"] != "1001" || query["client_secret"] != "app-secret" {
        return Err(refused(101));
    }
    let token = outside.memory().onboarding.codes.remove(&query["code"]);
    token.map(|token| Json(json!({"access_token": token, "token_type": "bearer"}))).ok_or_else(|| refused(100))
}

async fn debug(
    State(outside): State<Outside>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    if headers["authorization"] != "Bearer 1001|app-secret" {
        return Err(refused(190));
    }
    let is_valid = outside.memory().owners.contains_key(&query["input_token"]);
    let scope = json!({"scope": "whatsapp_business_management", "target_ids": [WABA]});
    Ok(Json(json!({"data": {"app_id": "1001", "is_valid": is_valid, "user_id": USER, "granular_scopes": [scope]}})))
}

async fn numbers(State(outside): State<Outside>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    knows(&outside, &headers, &id)?;
    outside.refuse("phone_numbers")?;
    Ok(Json(json!({"data": outside.memory().onboarding.numbers})))
}

async fn subscribed(State(outside): State<Outside>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    knows(&outside, &headers, &id)?;
    Ok(Json(json!({"data": outside.subscribed()})))
}

/// As Meta does it: without an address an override is gone.
async fn subscribe(
    State(outside): State<Outside>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Answer {
    knows(&outside, &headers, &id)?;
    outside.refuse("subscribed_apps")?;
    let mut app = json!({"whatsapp_business_api_data": {"id": "1001", "name": "Switchboard"}});
    if let Some(url) = body["override_callback_uri"].as_str() {
        app["override_callback_uri"] = json!(url);
    }
    let mut memory = outside.memory();
    memory.onboarding.done.push(format!("subscribe {id} {body}"));
    memory.onboarding.subscribed.retain(|known| known["whatsapp_business_api_data"]["id"] != "1001");
    memory.onboarding.subscribed.push(app);
    Ok(Json(json!({"success": true})))
}

async fn unsubscribe(State(outside): State<Outside>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    knows(&outside, &headers, &id)?;
    outside.refuse("subscribed_apps")?;
    let mut memory = outside.memory();
    memory.onboarding.done.push(format!("unsubscribe {id}"));
    memory.onboarding.subscribed.clear();
    Ok(Json(json!({"success": true})))
}

async fn register(State(outside): State<Outside>, Path(id): Path<String>, Json(body): Json<Value>) -> Answer {
    outside.refuse("register")?;
    let pin = body["pin"].as_str().unwrap().to_owned();
    let mut memory = outside.memory();
    memory.onboarding.done.push(format!("register {id}"));
    match &memory.onboarding.pin {
        Some(known) if *known != pin => Err(refused(133_005)),
        Some(_) | None => {
            memory.onboarding.pin = Some(pin);
            Ok(Json(json!({"success": true})))
        }
    }
}

/// What a number has from before, by what is asked for.
async fn share(
    State(outside): State<Outside>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Answer {
    knows(&outside, &headers, WABA)?;
    let what = body["sync_type"].as_str().unwrap().to_owned();
    assert_eq!(body, json!({"messaging_product": "whatsapp", "sync_type": what}));
    outside.refuse(&what)?;
    let onboarding = &mut outside.memory().onboarding;
    let asked = format!("{what} {id}");
    onboarding.done.push(asked.clone());
    match (onboarding.shared.contains(&asked), onboarding.is_late) {
        (true, _) => Err(refused(2_593_107)),
        (false, true) => Err(refused(2_593_108)),
        (false, false) => {
            onboarding.shared.push(asked);
            Ok(Json(json!({"messaging_product": "whatsapp", "request_id": "r1"})))
        }
    }
}

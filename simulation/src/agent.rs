//! Agents: they answer and read through the API, and ask again when no answer comes.

use std::rc::Rc;
use std::time::Duration;

use api::auth::token::{Scope, issue};
use api::keys::Keys;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use domain::{ConversationId, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::functions::{API_KEYS, PUBLIC_URL};
use crate::host::Pool;
use crate::stage::House;
use crate::world::World;

/// The agents of all tenants, at one API.
#[derive(Clone)]
pub struct Agents {
    world: World,
    api: Rc<Pool<Router>>,
    keys: Rc<Keys>,
}

/// A client gives up asking after so many tries.
const TRIES: u32 = 60;

impl Agents {
    pub fn new(world: &World, api: Rc<Pool<Router>>) -> Self {
        let keys = Rc::new(Keys::parse(API_KEYS).expect("keys of the known form"));
        Self { world: world.clone(), api, keys }
    }

    /// Sends these parts; returns the status that settled it.
    pub async fn reply(&self, house: &House, conversation: &ConversationId, key: &str, parts: &[String]) -> u16 {
        let parts: Vec<Value> = parts.iter().map(|text| json!({ "type": "text", "text": text })).collect();
        let path = format!("/v1/conversations/{conversation}/messages");
        self.ask(house, Method::POST, &path, Some(key), &json!({ "parts": parts })).await
    }

    /// Reads all there is.
    pub async fn mark_read(&self, house: &House, conversation: &ConversationId) -> u16 {
        let path = format!("/v1/conversations/{conversation}/mark-read");
        self.ask(house, Method::POST, &path, None, &json!({})).await
    }

    /// Gives a number the token that is good now.
    pub async fn reconnect(&self, house: &House, number: &str) -> u16 {
        let token = self.world.clouds().graph.token(number);
        let connect = json!({ "type": "whatsapp", "name": "Sales", "phone_number_id": number, "access_token": token });
        self.ask(house, Method::POST, "/v1/channels/connect", None, &connect).await
    }

    /// Asks until it is answered in earnest: not by a death on the way, and not by "busy".
    async fn ask(&self, house: &House, method: Method, path: &str, key: Option<&str>, body: &Value) -> u16 {
        let mut status = 0;
        for attempt in 0..TRIES {
            self.world.time.sleep(Duration::from_secs(u64::from(attempt.min(5)))).await;
            let now = Timestamp::from_millis(self.world.now());
            let scope = Scope::Tenant(house.ctx.id().clone());
            let token = issue(&self.keys, PUBLIC_URL, &house.user, &house.session, scope, now);
            let mut request = Request::builder().method(method.clone()).uri(path);
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            request = request.header(header::CONTENT_TYPE, "application/json");
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key);
            }
            let request = request.body(Body::from(body.to_string())).expect("a request of the known form");
            let answered = self.api.invoke(|api| async move {
                let Ok(answer) = Router::clone(&api).oneshot(request).await;
                answer.status().as_u16()
            });
            match answered.await {
                Ok(settled) if settled < 500 && settled != 429 => return settled,
                Ok(busy) => status = busy,
                Err(_) => status = 0,
            }
        }
        status
    }
}

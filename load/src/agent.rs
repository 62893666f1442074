//! Someone of a tenant, signed in once, at the agents' API.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::install::Person;

/// An access token lives ten minutes (docs/API.md); a new one is asked for before.
const TOKEN_GOOD: Duration = Duration::from_secs(8 * 60);

/// Rows of a page of the export, at most (docs/API.md).
const PAGE: u32 = 1_000;

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("{0} cannot be reached")]
    Unreachable(String, #[source] reqwest::Error),
    #[error("{0} answered {1}")]
    Refused(String, StatusCode),
}

pub struct Agent {
    http: Client,
    base_url: String,
    tenant: Option<String>,
    person: Person,
    token: Mutex<Option<Token>>,
}

struct Token {
    access: String,
    since: Instant,
}

#[derive(Deserialize)]
struct Login {
    access_token: String,
}

#[derive(Deserialize)]
struct Ticket {
    url: String,
}

/// A message of the export, as far as it is counted.
#[derive(Clone, Debug, Deserialize)]
pub struct Kept {
    pub id: String,
    pub conversation_id: String,
    direction: String,
    channel_message_id: Option<String>,
    client_id: Option<String>,
    pub delivery_status: Option<String>,
}

impl Kept {
    pub fn is_inbound(&self) -> bool {
        self.direction == "inbound"
    }

    /// The id that its sender gave it: the channel's for a customer's message, the `Idempotency-Key` for an agent's.
    pub fn sender_id(&self) -> &str {
        let id = if self.is_inbound() { &self.channel_message_id } else { &self.client_id };
        id.as_deref().unwrap_or(&self.id)
    }
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Kept>,
    next_cursor: Option<String>,
}

impl Agent {
    pub fn new(http: Client, base_url: &str, tenant: Option<&str>, person: Person) -> Self {
        Self { http, base_url: base_url.to_owned(), tenant: tenant.map(str::to_owned), person, token: Mutex::default() }
    }

    /// The address of a socket, good for one connection within thirty seconds.
    pub async fn socket_url(&self) -> Result<String, Failed> {
        let ticket: Ticket = self.ask(self.http.post(self.at("/v1/realtime/tickets"))).await?;
        Ok(ticket.url)
    }

    /// Every message of the tenant.
    pub async fn export(&self) -> Result<Vec<Kept>, Failed> {
        let mut kept = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/export/messages?limit={PAGE}{cursor}");
            let page: Page = self.ask(self.http.get(self.at(&path))).await?;
            kept.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(kept),
            }
        }
    }

    /// Answers in a conversation. The same key twice is the same message.
    pub async fn reply(&self, conversation: &str, key: &str, text: &str) -> Result<(), Failed> {
        let path = format!("/v1/conversations/{conversation}/messages");
        let body = json!({ "parts": [{ "type": "text", "text": text }] });
        let request = self.http.post(self.at(&path)).header("idempotency-key", key).json(&body);
        self.ask::<Value>(request).await.map(|_| ())
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, Failed> {
        let token = self.token().await?;
        self.answer(request.bearer_auth(token)).await
    }

    async fn token(&self) -> Result<String, Failed> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| token.since.elapsed() < TOKEN_GOOD) {
            return Ok(token.access.clone());
        }
        let Person { email, password, .. } = &self.person;
        let mut body = json!({ "email": email, "password": password });
        if let Some(tenant) = &self.tenant {
            body["tenant"] = json!(tenant);
        }
        let since = Instant::now();
        let login: Login = self.answer(self.http.post(self.at("/v1/auth/login")).json(&body)).await?;
        *token = Some(Token { access: login.access_token.clone(), since });
        Ok(login.access_token)
    }

    async fn answer<T: serde::de::DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, Failed> {
        let unreachable = |error: reqwest::Error| Failed::Unreachable(self.base_url.clone(), error);
        let answer = request.send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            return Err(Failed::Refused(answer.url().path().to_owned(), answer.status()));
        }
        answer.json().await.map_err(unreachable)
    }
}

//! Someone of the seed, signed in, at the API.

use serde_json::{Value, json};

use crate::stage::eventually;

/// A client of the API with one person's token.
#[derive(Clone)]
pub struct Agent {
    client: reqwest::Client,
    gateway: String,
    token: String,
}

impl Agent {
    /// Everyone's password.
    pub const PASSWORD: &str = "a password for scenes";

    pub async fn sign_in(client: &reqwest::Client, gateway: &str, email: &str) -> Self {
        let login = client.post(format!("{gateway}/v1/auth/login"));
        let answer = login.json(&json!({ "email": email, "password": Self::PASSWORD })).send().await.unwrap();
        let token: Value = answer.json().await.unwrap();
        let token = token["access_token"].as_str().unwrap_or_else(|| panic!("{email} cannot sign in: {token}"));
        Self { client: client.clone(), gateway: gateway.to_owned(), token: token.to_owned() }
    }

    /// Asks for anything: the status and the JSON of the answer (null for an empty one).
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.gateway)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.header("idempotency-key", "scene").json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// What must be there.
    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Every item of a list, page after page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(page) = next {
            let mut answer = self.get(&page).await;
            let separator = if path.contains('?') { '&' } else { '?' };
            next = answer["next_cursor"].as_str().map(|cursor| format!("{path}{separator}cursor={cursor}"));
            items.append(answer["items"].as_array_mut().unwrap());
        }
        items
    }

    /// The tenant's messages, by conversation and `seq`.
    pub async fn export(&self) -> Vec<Value> {
        self.all("/v1/export/messages?limit=1000").await
    }

    /// What the tenant sent: conversation, text and what became of it, by conversation and `seq`.
    pub async fn outbox(&self) -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let sent = |message: &Value| {
            (message["direction"] == "outbound")
                .then(|| (text(&message["conversation_id"]), text(&message["text"]), text(&message["delivery_status"])))
        };
        self.export().await.iter().filter_map(sent).collect()
    }

    /// The conversation in which the message with this id of the channel lies, once it is there.
    pub async fn conversation_of(&self, channel_message_id: &str) -> String {
        eventually(channel_message_id, async || {
            let messages = self.export().await;
            let found = messages.iter().find(|message| message["channel_message_id"] == channel_message_id)?;
            found["conversation_id"].as_str().map(str::to_owned)
        })
        .await
    }

    /// Answers in a conversation, one part for each text, under an Idempotency-Key: status and answer.
    pub async fn send(&self, conversation: &str, key: &str, texts: &[&str]) -> (u16, Value) {
        let parts: Vec<Value> = texts.iter().map(|text| json!({ "type": "text", "text": text })).collect();
        let path = format!("{}/v1/conversations/{conversation}/messages", self.gateway);
        let request = self.client.post(path).bearer_auth(&self.token).header("idempotency-key", key);
        let answer = request.json(&json!({ "parts": parts })).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Posts under an Idempotency-Key what must be taken: the answer.
    pub async fn post_for(&self, url: &str, key: &str, body: &Value) -> Value {
        let key = key.replace(' ', "-");
        let request = self.client.post(url).bearer_auth(&self.token).header("idempotency-key", key);
        request.json(body).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// Posts a body to an address under an Idempotency-Key: the status of the answer.
    pub async fn post_with_key(&self, url: &str, key: &str, body: &Value) -> u16 {
        let request = self.client.post(url).bearer_auth(&self.token).header("idempotency-key", key);
        request.json(body).send().await.unwrap().status().as_u16()
    }

    /// A ticket's URL, good for one socket.
    pub async fn socket_url(&self) -> String {
        let (status, ticket) = self.ask("POST", "/v1/realtime/tickets", Some(&json!({}))).await;
        assert_eq!(status, 200, "{ticket}");
        ticket["url"].as_str().unwrap().to_owned()
    }
}

//! A client that stays up to date as docs/API.md says: frames as hints, `sync` as the truth.

use std::collections::BTreeMap;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::agent::Agent;
use crate::stage::PATIENCE;

/// What a client shows: each conversation and message at the highest `rev` that it was told.
pub type Known = BTreeMap<String, Value>;

pub struct Live {
    agent: Agent,
    topics: Vec<String>,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    next: String,
    subscriptions: u64,
    /// What it shows.
    pub known: Known,
}

impl Live {
    /// Takes the place to start from, loads every conversation and message, then opens a socket.
    pub async fn open(agent: &Agent, topics: &[String]) -> Self {
        let next = agent.get("/v1/sync").await["next"].as_str().unwrap().to_owned();
        let mut live = Self {
            agent: agent.clone(),
            topics: topics.to_vec(),
            socket: None,
            next,
            subscriptions: 0,
            known: fresh(agent).await,
        };
        live.connect().await;
        live
    }

    /// Opens a socket and waits until its topics are taken; no frame before that is lost, for `sync` tells it.
    pub async fn connect(&mut self) {
        let (mut socket, _) = tokio_tungstenite::connect_async(self.agent.socket_url().await).await.unwrap();
        self.subscriptions += 1;
        let subscribe = json!({ "action": "subscribe", "n": self.subscriptions, "topics": self.topics });
        socket.send(Message::text(subscribe.to_string())).await.unwrap();
        self.socket = Some(socket);
    }

    /// Says something over the socket, which is open.
    pub async fn say(&mut self, action: &Value) {
        self.socket.as_mut().unwrap().send(Message::text(action.to_string())).await.unwrap();
    }

    /// The next frame; `None` when the socket has ended.
    pub async fn frame(&mut self) -> Option<Value> {
        loop {
            let socket = self.socket.as_mut()?;
            match socket.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => self.socket = None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The first frame of this type.
    pub async fn first(&mut self, kind: &str) -> Value {
        let look = async {
            loop {
                let frame = self.frame().await.unwrap_or_else(|| panic!("the socket ended before {kind}"));
                if frame["type"] == kind {
                    return frame;
                }
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("no frame of type {kind} came"))
    }

    /// Whether a frame tells of a resource.
    pub fn is_hint(frame: &Value) -> bool {
        let kind = frame["type"].as_str().unwrap_or_default();
        kind.starts_with("conversation.") || kind.starts_with("message.")
    }

    /// Takes what a frame says, if it is news.
    pub fn take(&mut self, frame: &Value) {
        if Self::is_hint(frame) {
            apply(&mut self.known, &frame["data"]);
        }
    }

    /// Asks what it missed, until it has everything.
    pub async fn sync(&mut self) {
        loop {
            let answer = self.agent.get(&format!("/v1/sync?since={}", self.next)).await;
            answer["items"].as_array().unwrap().iter().for_each(|item| apply(&mut self.known, &item["data"]));
            self.next = answer["next"].as_str().unwrap().to_owned();
            if answer["complete"] == true {
                return;
            }
        }
    }
}

/// What a fresh load shows.
pub async fn fresh(agent: &Agent) -> Known {
    let mut known = Known::new();
    for status in ["open", "pending", "resolved", "snoozed"] {
        let path = format!("/v1/conversations?status={status}&limit=100");
        agent.all(&path).await.iter().for_each(|row| apply(&mut known, row));
    }
    agent.export().await.iter().for_each(|message| apply(&mut known, message));
    known
}

fn apply(known: &mut Known, resource: &Value) {
    let (Some(id), Some(rev)) = (resource["id"].as_str(), resource["rev"].as_u64()) else { return };
    let news = known.get(id).is_none_or(|shown| shown["rev"].as_u64() < Some(rev));
    if news {
        known.insert(id.to_owned(), resource.clone());
    }
}

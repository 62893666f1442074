//! Agents who have threads open: when each message reached a screen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::agent::Agent;
use crate::socket;

/// How many threads of a tenant are watched. A socket takes 50 topics.
pub const WATCHED: u32 = 40;

/// A frame, as far as it is looked at.
#[derive(Deserialize)]
struct Frame {
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    channel_message_id: Option<String>,
}

type Arrivals = Arc<Mutex<HashMap<String, Instant>>>;

/// Sockets that have threads open. They close when this is dropped.
#[derive(Default)]
pub struct Watch {
    arrivals: Arrivals,
    sockets: JoinSet<()>,
}

impl Watch {
    /// Opens these conversations on one screen; false when the socket would not open.
    pub async fn open(&mut self, agent: &Agent, conversations: &[String]) -> bool {
        let topics: Vec<String> = conversations.iter().map(|id| format!("conversation:{id}")).collect();
        let Some(mut socket) = socket::open(agent, &topics).await else { return false };
        let arrivals = self.arrivals.clone();
        self.sockets
            .spawn(async move { socket::read(&mut socket, socket::PING_EACH, |text| note(&arrivals, text)).await });
        true
    }

    /// When the message with this id of the channel was first shown.
    pub fn shown(&self, channel_message_id: &str) -> Option<Instant> {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        arrivals.get(channel_message_id).copied()
    }
}

fn note(arrivals: &Arrivals, text: &str) {
    let now = Instant::now();
    let id = serde_json::from_str::<Frame>(text).ok().and_then(|frame| frame.data?.channel_message_id);
    if let Some(id) = id {
        arrivals.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(now);
    }
}

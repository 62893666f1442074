//! An agent's socket, and the many that only look on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, interval_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::agent::Agent;

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How often a client that has nothing to say says so.
pub const PING_EACH: Duration = Duration::from_secs(25);

pub const PING: &str = r#"{"action":"ping"}"#;

/// A socket zeroes this much before each read, and keeps it: there are thousands, and what they read is short.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// How long a socket may take to open.
const OPEN_WITHIN: Duration = Duration::from_secs(20);

/// Opens a socket and asks for these topics; `None` when it would not.
pub async fn open(agent: &Agent, topics: &[String]) -> Option<Socket> {
    let open = async {
        let url = agent.socket_url().await.ok()?;
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let (mut socket, _) = tokio_tungstenite::connect_async_with_config(url, Some(config), false).await.ok()?;
        let subscribe = json!({ "action": "subscribe", "n": 1, "topics": topics });
        socket.send(Message::text(subscribe.to_string())).await.ok()?;
        Some(socket)
    };
    tokio::time::timeout(OPEN_WITHIN, open).await.ok().flatten()
}

#[derive(Default)]
struct Counts {
    opened: AtomicU64,
    failed: AtomicU64,
    ended: AtomicU64,
    frames: AtomicU64,
}

/// What became of the sockets that look on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IdleReport {
    pub opened: u64,
    pub failed: u64,
    /// Ended by the other side before the run was over.
    pub ended: u64,
    pub frames: u64,
    /// From the first to the last that opened.
    pub opening_ms: u64,
}

/// Sockets that subscribe to the inbox, ping, and read what they are shown. They close when this is dropped.
pub struct Idle {
    counts: Arc<Counts>,
    opening: Duration,
    sockets: JoinSet<()>,
}

impl Idle {
    /// Opens a socket for each of these agents, so many a second, and returns when each is open or has failed.
    pub async fn open(agents: impl IntoIterator<Item = Arc<Agent>>, per_second: u32) -> Self {
        let (counts, started) = (Arc::new(Counts::default()), Instant::now());
        let mut sockets = JoinSet::new();
        let mut turn = interval(Duration::from_secs(1) / per_second);
        for (nth, agent) in agents.into_iter().enumerate() {
            turn.tick().await;
            sockets.spawn(look_on(agent, first_ping(nth), counts.clone()));
        }
        let wanted = sockets.len() as u64;
        let settled = || counts.opened.load(Ordering::Relaxed) + counts.failed.load(Ordering::Relaxed);
        while settled() < wanted {
            turn.tick().await;
        }
        let opening = if wanted == 0 { Duration::ZERO } else { started.elapsed() };
        Self { counts, opening, sockets }
    }

    /// Closes them.
    pub fn close(mut self) -> IdleReport {
        self.sockets.abort_all();
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        IdleReport {
            opened: read(&self.counts.opened),
            failed: read(&self.counts.failed),
            ended: read(&self.counts.ended),
            frames: read(&self.counts.frames),
            opening_ms: u64::try_from(self.opening.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// When the nth socket pings first. People open their inbox over a morning, not a hundred a second: by the golden ratio, any number
/// of sockets ping evenly, however fast they were opened.
fn first_ping(nth: usize) -> Duration {
    PING_EACH.mul_f64((nth as f64 * 0.618_033_988_75).fract())
}

async fn look_on(agent: Arc<Agent>, first_ping: Duration, counts: Arc<Counts>) {
    let Some(mut socket) = open(&agent, &["inbox".to_owned()]).await else {
        counts.failed.fetch_add(1, Ordering::Relaxed);
        return;
    };
    counts.opened.fetch_add(1, Ordering::Relaxed);
    read(&mut socket, first_ping, |_| {
        counts.frames.fetch_add(1, Ordering::Relaxed);
    })
    .await;
    counts.ended.fetch_add(1, Ordering::Relaxed);
}

/// Reads until the socket ends, and pings meanwhile.
pub async fn read(socket: &mut Socket, first_ping: Duration, mut on_text: impl FnMut(&str)) {
    let mut ping = interval_at(Instant::now() + first_ping, PING_EACH);
    loop {
        tokio::select! {
            _ = ping.tick() => if socket.send(Message::text(PING)).await.is_err() { return },
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => on_text(&text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_sockets_ping_evenly() {
        for sockets in [25, 200, 3_000] {
            let mut pings: Vec<_> = (0..sockets).map(first_ping).collect();
            pings.sort_unstable();
            let busiest = (0..25).map(|s| pings.iter().filter(|ping| ping.as_secs() == s).count()).max().unwrap();
            assert!(pings.iter().all(|ping| *ping < PING_EACH) && busiest <= sockets / 25 + 2, "{sockets}: {busiest}");
        }
    }
}

//! Lambda `connect`: a socket's life, from its ticket through its topics to its end.

mod action;
mod event;
mod handshake;
mod presence;
mod rate;
mod standing;
mod typing;

use bootstrap::{Clock, Random};
use domain::{TenantCtx, Timestamp};
use frame::{Cursor, Poster, Topic};
use queue::Producer;
use table::{Socket, Tables};

use crate::action::{ClientAction, Refusal, Reply, Subscription};
pub use crate::event::{Answer, Context, EventType, SocketEvent};
use crate::rate::{Pace, Rates};

pub struct App {
    pub tables: Tables,
    pub poster: Poster,
    /// Queue `outbound`: what customers are shown.
    pub outbound: Producer,
    /// `PUBLIC_URL`: the only page that may open a socket from a browser.
    pub origin: Option<String>,
    pub random: Random,
    pub clock: Clock,
    pub rates: SocketRates,
}

/// How fast the sockets act that this process has seen.
#[derive(Default)]
pub struct SocketRates(Rates);

impl App {
    /// One event of a socket.
    pub async fn serve(&self, event: SocketEvent) -> Answer {
        let outcome = match event.request_context.event_type {
            EventType::Connect => self.connect(&event).await,
            EventType::Message => self.act(&event).await,
            EventType::Disconnect => self.disconnect(&event.request_context.connection_id).await,
        };
        outcome.unwrap_or_else(|error| {
            tracing::warn!(why = %error, "a socket's event was not served");
            match event.request_context.event_type {
                EventType::Message => Answer::reply(&Reply::Error { code: Refusal::Unavailable }),
                EventType::Connect | EventType::Disconnect => Answer::status(503),
            }
        })
    }

    async fn act(&self, event: &SocketEvent) -> table::Result<Answer> {
        let connection = &event.request_context.connection_id;
        match self.rates.0.pace(connection, self.now()) {
            Pace::Fine => {}
            Pace::TooFast => return Ok(Answer::reply(&Reply::Error { code: Refusal::TooFast })),
            Pace::Flood => {
                self.poster.close(connection).await;
                return Ok(Answer::reply(&Reply::Error { code: Refusal::TooFast }));
            }
        }
        let action = match event.body.as_deref().unwrap_or_default().parse() {
            Ok(action) => action,
            Err(code) => return Ok(Answer::reply(&Reply::Error { code })),
        };
        let Some((ctx, socket)) = self.standing(connection).await? else {
            // Told by the answer, then closed: whoever still listens gets another ticket.
            self.poster.close(connection).await;
            return Ok(Answer::reply(&Reply::Error { code: Refusal::SessionEnded }));
        };
        match action {
            ClientAction::Ping => {
                let cursor = Cursor::of_block(self.tables.tenant(&ctx).log_head(self.now()).await?);
                Ok(Answer::reply(&Reply::Pong { cursor }))
            }
            ClientAction::Subscribe(wanted) => self.subscribe(&ctx, socket, wanted).await,
            ClientAction::Typing(conversation) => {
                self.typing(&ctx, &socket, conversation).await?;
                Ok(Answer::status(200))
            }
        }
    }

    async fn subscribe(&self, ctx: &TenantCtx, socket: Socket, wanted: Subscription) -> table::Result<Answer> {
        if !domain::Action::ConversationRead.allowed(socket.role) {
            return Ok(Answer::reply(&Reply::Error { code: Refusal::Forbidden }));
        }
        let topics: Vec<String> = wanted.topics.iter().map(Topic::to_string).collect();
        let set = self.tables.tenant(ctx).set_topics(&socket.connection_id, wanted.n, &topics).await?;
        let repeated = socket.n == wanted.n && socket.topics == topics;
        if !set && !repeated {
            return Ok(Answer::status(200)); // A later subscription was there first.
        }
        let before = socket.topics.clone();
        self.presence(ctx, &Socket { topics, ..socket }, &before).await?;
        Ok(Answer::reply(&Reply::Subscribed { n: wanted.n, topics: wanted.named }))
    }

    async fn disconnect(&self, connection: &str) -> table::Result<Answer> {
        self.rates.0.forget(connection);
        let Some(tenant) = self.tables.global().socket_tenant(connection).await? else {
            return Ok(Answer::status(200));
        };
        let ctx = TenantCtx::of_session(tenant);
        let socket = self.tables.tenant(&ctx).socket(connection).await?;
        self.tables.tenant(&ctx).delete_socket(connection).await?;
        if let Some(socket) = socket {
            let before = socket.topics.clone();
            self.presence(&ctx, &Socket { topics: Vec::new(), ..socket }, &before).await?;
        }
        Ok(Answer::status(200))
    }

    fn event_id(&self) -> String {
        hex::encode(self.random.bytes::<16>())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }
}

#[cfg(test)]
mod tests;

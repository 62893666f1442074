//! Lambda `connect`: a socket's life, from its ticket through its topics to its end.

mod action;
mod event;
mod handshake;
mod presence;
mod standing;

use bootstrap::{Clock, Random};
use domain::{TenantCtx, Timestamp};
use frame::{Cursor, Event, Poster, Topic, resource::UserRef};
use table::{Socket, Tables};

use crate::action::{ClientAction, Refusal, Reply, Subscription};
pub use crate::event::{Answer, Context, EventType, SocketEvent};

pub struct App {
    pub tables: Tables,
    pub poster: Poster,
    /// `PUBLIC_URL`: the only page that may open a socket from a browser.
    pub origin: Option<String>,
    pub random: Random,
    pub clock: Clock,
}

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
                let user = UserRef { id: socket.user.clone(), name: socket.name.clone() };
                let event = Event::typing(ctx.id(), self.event_id(), user, &conversation, self.now());
                let topic = Topic::Conversation(conversation).to_string();
                // Only those who show the thread can be seen to write in it.
                if socket.topics.contains(&topic) {
                    let others = self.showing(&ctx, &topic).await?;
                    let others = others.into_iter().filter(|other| other.user != socket.user).collect();
                    self.tell(&ctx, others, &event).await;
                }
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

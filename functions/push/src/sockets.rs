//! Whom a frame goes to: sockets that show the thread or the list, of people who may read it.

use std::{collections::HashMap, sync::Arc};

use domain::{Action, ConversationId, TenantCtx, Timestamp};
use frame::{Event, Frame, Poster, Topic};
use table::{Socket, Tables};

/// A tenant's open sockets, by what they show.
pub(crate) struct Audience {
    ctx: TenantCtx,
    sockets: Vec<Socket>,
    /// Places in `sockets`.
    by_topic: HashMap<String, Vec<usize>>,
}

impl Audience {
    pub(crate) async fn of(tables: &Tables, ctx: &TenantCtx, now: Timestamp) -> table::Result<Self> {
        let sockets = tables.tenant(ctx).sockets(now).await?;
        Ok(Self::new(ctx.clone(), sockets))
    }

    fn new(ctx: TenantCtx, sockets: Vec<Socket>) -> Self {
        let mut by_topic: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, socket) in sockets.iter().enumerate() {
            if Action::ConversationRead.allowed(socket.role) {
                for topic in &socket.topics {
                    by_topic.entry(topic.clone()).or_default().push(place);
                }
            }
        }
        Self { ctx, sockets, by_topic }
    }

    /// Nobody listens, or nobody knows who does.
    pub(crate) fn nobody(ctx: &TenantCtx) -> Self {
        Self::new(ctx.clone(), Vec::new())
    }

    /// How many show the list.
    pub(crate) fn lists(&self) -> usize {
        self.by_topic.get(&Topic::Inbox.to_string()).map_or(0, Vec::len)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_topic.is_empty()
    }

    /// A thread's news, for whoever has it open.
    pub(crate) fn of_thread(&self, conversation: &ConversationId, event: &Event) -> Vec<Frame> {
        self.frames(&[Topic::Conversation(conversation.clone())], event)
    }

    /// A row, for the list and for whoever has its thread open: once for each.
    pub(crate) fn of_row(&self, conversation: &ConversationId, event: &Event) -> Vec<Frame> {
        self.frames(&[Topic::Inbox, Topic::Conversation(conversation.clone())], event)
    }

    /// Sends the frames, and forgets the sockets that turn out to be gone.
    pub(crate) async fn post(&self, tables: &Tables, poster: &Poster, frames: Vec<Frame>, now: Timestamp) {
        if frames.is_empty() {
            return;
        }
        let posted = poster.post(frames, now).await;
        tracing::debug!(tenant_id = %self.ctx.id(), sent = posted.sent, failed = posted.failed, "frames");
        for connection in posted.gone {
            if let Err(error) = tables.tenant(&self.ctx).delete_socket(&connection).await {
                tracing::warn!(tenant_id = %self.ctx.id(), why = %error, "a socket that is gone cannot be forgotten");
            }
        }
    }

    fn frames(&self, topics: &[Topic], event: &Event) -> Vec<Frame> {
        let mut places: Vec<usize> =
            topics.iter().filter_map(|topic| self.by_topic.get(&topic.to_string())).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        if places.is_empty() {
            return Vec::new();
        }
        let Ok(text) = event.text() else { return Vec::new() };
        let text: Arc<str> = text.into();
        let frame = |place: usize| {
            let socket = &self.sockets[place];
            let connection_id = socket.connection_id.clone();
            Frame { connection_id, connected_at: socket.connected_at, text: Arc::clone(&text) }
        };
        places.into_iter().map(frame).collect()
    }
}

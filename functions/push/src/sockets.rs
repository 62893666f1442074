//! Whom a frame goes to: sockets that show the thread or the list, of people who may read it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{Action, ConversationId, TenantCtx, TenantId, Timestamp};
use frame::{Event, Frame, Poster, Topic};
use table::{RowFrames, Socket, SocketsNow, Tables};

/// How long what was read of a tenant's sockets is good, where nothing has changed among them since: what a writer that ended
/// halfway left untold is seen after this.
const GOOD: Duration = Duration::from_secs(10);

/// The audiences of lately: who listens changes seldom, and what they are told often.
#[derive(Default)]
pub(crate) struct Audiences(Mutex<HashMap<TenantId, Known>>);

struct Known {
    audience: Arc<Audience>,
    /// The newest change among the sockets when they were read.
    change: Option<String>,
    read_at: Timestamp,
}

impl Audiences {
    /// Who listens now, and how many frames of rows they were sent.
    pub(crate) async fn of(
        &self,
        tables: &Tables,
        ctx: &TenantCtx,
        now: Timestamp,
    ) -> table::Result<(Arc<Audience>, RowFrames)> {
        let tenant = tables.tenant(ctx);
        let SocketsNow { change, rows } = tenant.sockets_now().await?;
        if let Some(audience) = self.known(ctx, change.as_deref(), now) {
            return Ok((audience, rows));
        }
        let audience = Arc::new(Audience::new(ctx.clone(), tenant.sockets(now).await?));
        if let Ok(mut known) = self.0.lock() {
            known.retain(|_, of| now.since(of.read_at) < GOOD);
            known.insert(ctx.id().clone(), Known { audience: Arc::clone(&audience), change, read_at: now });
        }
        Ok((audience, rows))
    }

    fn known(&self, ctx: &TenantCtx, change: Option<&str>, now: Timestamp) -> Option<Arc<Audience>> {
        let known = self.0.lock().ok()?;
        let of = known.get(ctx.id())?;
        (of.change.as_deref() == change && now.since(of.read_at) < GOOD).then(|| Arc::clone(&of.audience))
    }
}

/// A tenant's open sockets, by what they show.
pub(crate) struct Audience {
    ctx: TenantCtx,
    sockets: Vec<Socket>,
    /// Places in `sockets`.
    by_topic: HashMap<String, Vec<usize>>,
}

impl Audience {
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

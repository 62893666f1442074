//! Who looks at which conversation, for those who look at it too.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Action, TenantCtx};
use frame::{Event, Frame, Topic, resource::UserRef};
use table::Socket;

use crate::App;

impl App {
    /// Tells everyone who shows a thread that `socket` came to or left, who shows it now. Another tab of someone who shows it
    /// anyway is no news to the others, nor is a line that is cut and opened again while one stays: so a hundred sockets of a team
    /// that come back at once do not tell each other a hundred times. A hint: nothing here fails the action.
    pub(crate) async fn presence(&self, ctx: &TenantCtx, socket: &Socket, before: &[String]) -> table::Result<()> {
        let changed = |a: &[String], b: &[String]| -> Vec<Topic> {
            a.iter().filter(|topic| !b.contains(topic)).filter_map(|topic| topic.parse().ok()).collect()
        };
        let threads = [changed(before, &socket.topics), changed(&socket.topics, before)].concat();
        if threads.iter().all(|topic| topic.conversation().is_none()) {
            return Ok(());
        }
        let sockets = self.sockets(ctx).await?;
        for topic in threads {
            let Some(conversation) = topic.conversation() else { continue };
            let name = topic.to_string();
            let mut there: Vec<_> = sockets.iter().filter(|other| other.topics.contains(&name)).cloned().collect();
            let shown_anyway =
                there.iter().any(|it| it.user == socket.user && it.connection_id != socket.connection_id);
            let users: BTreeMap<_, _> = there.iter().map(|other| (other.user.clone(), other.name.clone())).collect();
            let users = users.into_iter().map(|(id, name)| UserRef { id, name }).collect();
            let event = Event::presence(ctx.id(), self.event_id(), users, conversation, self.now());
            if shown_anyway {
                there.retain(|it| it.connection_id == socket.connection_id);
            }
            self.tell(ctx, there, &event).await;
        }
        Ok(())
    }

    /// The sockets that show a topic and may.
    pub(crate) async fn showing(&self, ctx: &TenantCtx, topic: &str) -> table::Result<Vec<Socket>> {
        let mut sockets = self.sockets(ctx).await?;
        sockets.retain(|socket| socket.topics.iter().any(|shown| shown == topic));
        Ok(sockets)
    }

    async fn sockets(&self, ctx: &TenantCtx) -> table::Result<Vec<Socket>> {
        let mut sockets = self.tables.tenant(ctx).sockets(self.now()).await?;
        sockets.retain(|socket| Action::ConversationRead.allowed(socket.role));
        Ok(sockets)
    }

    pub(crate) async fn tell(&self, ctx: &TenantCtx, sockets: Vec<Socket>, event: &Event) {
        let Ok(text) = event.text() else { return };
        let text: Arc<str> = text.into();
        let frame = |socket: Socket| Frame {
            connection_id: socket.connection_id,
            connected_at: socket.connected_at,
            text: Arc::clone(&text),
        };
        let posted = self.poster.post(sockets.into_iter().map(frame).collect(), self.now()).await;
        for connection in posted.gone {
            if let Err(error) = self.tables.tenant(ctx).delete_socket(&connection).await {
                tracing::warn!(tenant_id = %ctx.id(), why = %error, "a socket that is gone cannot be forgotten");
            }
        }
    }
}

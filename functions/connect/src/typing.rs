//! That someone types: teammates see it at once, and now and then the customer.

use std::time::Duration;

use domain::{Action, ConversationId, TenantCtx};
use frame::{Event, Topic, resource::UserRef};
use queue::{Signal, SignalKind};
use table::Socket;

use crate::App;

/// WhatsApp shows it for 25 s; a call more often than this would show nothing more.
/// [Typing indicators](https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators).
const SHOWN_EVERY: Duration = Duration::from_secs(20);

impl App {
    pub(crate) async fn typing(
        &self,
        ctx: &TenantCtx,
        socket: &Socket,
        conversation: ConversationId,
    ) -> table::Result<()> {
        let user = UserRef { id: socket.user.clone(), name: socket.name.clone() };
        let event = Event::typing(ctx.id(), self.event_id(), user, &conversation, self.now());
        let topic = Topic::Conversation(conversation.clone()).to_string();
        // Only those who show the thread can be seen to write in it.
        if !socket.topics.contains(&topic) {
            return Ok(());
        }
        let others = self.showing(ctx, &topic).await?;
        let others = others.into_iter().filter(|other| other.user != socket.user).collect();
        self.tell(ctx, others, &event).await;
        if Action::MessageSend.allowed(socket.role) {
            self.show_customer(ctx, conversation).await?;
        }
        Ok(())
    }

    /// Whoever of the team types, and in however many windows: one signal a while. A conversation that is not there ends at
    /// `deliver`, which finds no head.
    async fn show_customer(&self, ctx: &TenantCtx, conversation: ConversationId) -> table::Result<()> {
        let now = self.now();
        if !self.tables.tenant(ctx).may_show_typing(&conversation, now, SHOWN_EVERY).await? {
            return Ok(());
        }
        let signal = Signal::new(ctx.id().clone(), conversation, SignalKind::Typing, now);
        if let Ok(record) = signal.outgoing() {
            // A hint: what the queue refuses is not tried again.
            self.outbound.send(&[record]).await;
        }
        Ok(())
    }
}

//! An emoji on a message of the conversation.

use std::time::Duration;

use domain::body::ReactionDetails;
use domain::{Body, ConversationId, Details, MessageId, MessageType, Timestamp};
use serde::{Deserialize, Serialize};
use table::{Draft, Tenant};
use utoipa::ToSchema;

use crate::problem::Problem;

/// WhatsApp takes no reaction to an older message.
/// [Reactions](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/reaction-messages).
const OLDEST: Duration = Duration::from_hours(30 * 24);

one_type!(Type, Reaction);

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReactionPart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    /// The message that it is on, of this conversation, at most 30 days old.
    message_id: String,
    /// One emoji; empty takes the business's reaction back.
    emoji: String,
}

impl ReactionPart {
    pub async fn draft(
        self,
        at: &str,
        tenant: &Tenant<'_>,
        conversation: &ConversationId,
        now: Timestamp,
    ) -> Result<Draft, Problem> {
        let refused = |code, detail: &str| Problem::invalid(format!("{at}.message_id"), code, detail);
        let unknown = || refused("unknown_message", "This conversation has no such message.");
        let id: MessageId = self.message_id.parse().map_err(|_| unknown())?;
        if id.conversation() != conversation {
            return Err(unknown());
        }
        let message = tenant.message(&id).await?.ok_or_else(unknown)?;
        let missing = "The channel has no message here that could bear a reaction.";
        let bears = message.deleted_at.is_none()
            && !matches!(message.kind, MessageType::Reaction | MessageType::System | MessageType::Call);
        let channel_message_id = message.channel_message_id.filter(|_| bears);
        let channel_message_id = channel_message_id.ok_or_else(|| refused("not_reactable", missing))?;
        if now.since(message.sent_at) > OLDEST {
            return Err(refused("too_old", "Only messages of the last 30 days take a reaction."));
        }
        let emoji = Some(self.emoji).filter(|emoji| !emoji.is_empty());
        let reaction = ReactionDetails { message_id: id, channel_message_id, emoji };
        Ok(Draft { kind: MessageType::Reaction, text: None, body: Body::of(Details::Reaction(reaction)) })
    }
}

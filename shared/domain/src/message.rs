//! A message: what was said, by whom, when, and what became of it.

use serde::{Deserialize, Serialize};

use crate::body::AttachmentState;
use crate::{Body, Delivery, MessageId, Reaction, Timestamp, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Inbound,
    Outbound,
}

/// What a message is. What has more to say than a text puts it in an object named like its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    Text,
    Image,
    Video,
    Audio,
    Voice,
    File,
    Sticker,
    Location,
    Contacts,
    Interactive,
    Template,
    Reaction,
    Order,
    Call,
    Comment,
    StoryMention,
    StoryReply,
    Share,
    System,
    /// Kept raw, shown as "not yet shown here".
    Unsupported,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Author {
    /// A participant of the thread, on the customer's side. `id` is a contact.
    Contact {
        id: Option<String>,
        name: String,
    },
    User {
        id: UserId,
        name: String,
    },
    System,
    /// Someone who writes for the business elsewhere: the phone's own app, another tool.
    External {
        name: String,
    },
}

impl Author {
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::User { id, .. } => Some(id),
            Self::Contact { .. } | Self::System | Self::External { .. } => None,
        }
    }
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTo {
    /// Ours, where we have that message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// The channel's id of it; it may name one that we never stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_message_id: Option<String>,
}

/// Where a send came from: one POST, whose parts stay in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The client's Idempotency-Key.
    pub client_id: String,
    /// Which part of it this is, from 0.
    pub part: u16,
}

/// A payload as the channel sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Raw {
    /// JSON text.
    Inline(String),
    /// Too large for the table: its key in the bucket.
    Stored(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub direction: Direction,
    pub kind: MessageType,
    /// What it says, or a file's caption; as it was edited last.
    pub text: Option<String>,
    /// What it says beyond its text.
    pub body: Body,
    pub author: Author,
    /// What the channel calls it; for a send, once the channel took it.
    pub channel_message_id: Option<String>,
    pub reply_to: Option<ReplyTo>,
    /// Outbound only.
    pub request: Option<Request>,
    /// Outbound only.
    pub delivery: Option<Delivery>,
    /// The channel's word for the type, where it is not ours.
    pub raw_type: Option<String>,
    /// Where the message says more than the fields above hold.
    pub raw: Option<Raw>,
    /// The newest of each person, also where it was taken back.
    pub reactions: Vec<Reaction>,
    /// When its writer last changed it, by the channel's clock.
    pub edited_at: Option<Timestamp>,
    /// When its writer took it back: then nothing of what it said is kept.
    pub deleted_at: Option<Timestamp>,
    /// It makes nothing unread: what is old, what the channel itself says.
    pub quiet: bool,
    /// By the channel's clock, clamped to `received_at` + 5 min; for a send, when the agent sent it, by that clock, or had it sent.
    pub sent_at: Timestamp,
    /// A send that was written for later: when it is to go out, which is its `sent_at` too.
    pub send_at: Option<Timestamp>,
    /// When our intake took it.
    pub received_at: Timestamp,
    /// When it was stored.
    pub created_at: Timestamp,
    /// Counts its changes, from 1.
    pub rev: u64,
}

impl Message {
    /// A message as it is first stored; everything that it need not have is left out.
    pub fn new(
        id: MessageId,
        direction: Direction,
        kind: MessageType,
        author: Author,
        received_at: Timestamp,
        created_at: Timestamp,
    ) -> Self {
        Self {
            sent_at: id.sent_at(),
            id,
            direction,
            kind,
            text: None,
            body: Body::default(),
            author,
            channel_message_id: None,
            reply_to: None,
            request: None,
            delivery: None,
            raw_type: None,
            raw: None,
            reactions: Vec::new(),
            edited_at: None,
            deleted_at: None,
            quiet: false,
            send_at: None,
            received_at,
            created_at,
            rev: 1,
        }
    }

    /// Whether files of it lie in our own storage, so that there can be links to them.
    pub fn has_files_here(&self) -> bool {
        self.body.attachments.iter().any(|file| file.state == AttachmentState::Ready)
    }

    pub fn seq(&self) -> u64 {
        self.id.seq()
    }

    /// At most this many characters of it stand in the list.
    pub const PREVIEW_CHARS: usize = 120;

    /// The line that the list shows, of the text or of what stands for one (a file's name, a place's): its first characters on
    /// one line. Empty where the type must say it all.
    pub fn preview(&self) -> String {
        let text = self.text.as_deref().filter(|t| !t.trim().is_empty()).or_else(|| self.body.title()).unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(Self::PREVIEW_CHARS).collect()
    }
}

/// Longest that a channel's clock may run ahead of ours before we take our own.
pub const CLOCK_AHEAD: std::time::Duration = std::time::Duration::from_secs(300);

/// The channel's time of a message, held within [`CLOCK_AHEAD`] of its receipt.
pub fn clamp_sent_at(channel_time: Timestamp, received_at: Timestamp) -> Timestamp {
    channel_time.min(received_at.plus(CLOCK_AHEAD)).max(Timestamp::from_millis(0))
}

//! A conversation's head: all that its row shows, and the order of its sends.

use serde::{Deserialize, Serialize};

use crate::send_option::FreeEntry;
use crate::{
    AccountId, ChannelType, ContactId, ConversationId, Direction, MessageId, MessageType, Timestamp, UserId, Window,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Pending,
    Resolved,
    Snoozed,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Open, Self::Pending, Self::Resolved, Self::Snoozed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Resolved => "resolved",
            Self::Snoozed => "snoozed",
        }
    }

    /// What a customer's message makes of it: it reopens what was closed or asleep.
    #[must_use]
    pub fn after_inbound(self) -> Self {
        match self {
            Self::Open | Self::Resolved | Self::Snoozed => Self::Open,
            Self::Pending => Self::Pending,
        }
    }
}

/// Whose conversation it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Nobody,
    User(UserId),
}

/// When a conversation next needs looking at: the earliest of a stuck or waiting send, a snooze's end, a schedule…
pub type Due = Timestamp;

/// The two newest messages by different teammates: enough to tell anyone whether somebody *else* has written since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastReplies {
    /// Who wrote the newest outbound message, and its `seq`.
    pub newest: Option<(UserId, u64)>,
    /// The newest by anyone else.
    pub other: Option<(UserId, u64)>,
}

impl LastReplies {
    /// The newest `seq` that was written by a teammate of `me`.
    pub fn by_others(&self, me: &UserId) -> Option<u64> {
        [&self.newest, &self.other].into_iter().flatten().find(|(who, _)| who != me).map(|(_, seq)| *seq)
    }

    #[must_use]
    pub fn with(&self, author: &UserId, seq: u64) -> Self {
        let other = match &self.newest {
            Some((who, _)) if who != author => self.newest.clone(),
            Some(_) | None => self.other.clone(),
        };
        Self { newest: Some((author.clone(), seq)), other }
    }
}

/// The head of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: ConversationId,
    pub channel: ChannelType,
    pub account: AccountId,
    /// What the channel calls the thread, e.g. the group's id; empty in a one-to-one chat.
    pub group: Option<String>,
    pub contact: ContactId,
    /// Snapshots for the row.
    pub contact_name: String,
    pub avatar_url: Option<String>,
    pub status: Status,
    pub owner: Owner,
    /// The newest message's number; 0 when there is none.
    pub seq: u64,
    /// Counts every change that anyone can see: of all but `out`, `scheduled`, `wait`, `wakes` and `due`.
    pub rev: u64,
    /// Counts agents' edits: what `If-Match` compares.
    pub version: u64,
    /// Customers' messages after the shared read position.
    pub unread: u64,
    /// The highest `seq` that someone has seen.
    pub read_seq: u64,
    /// The newest message's channel time: it orders the list.
    pub last_at: Timestamp,
    pub preview: String,
    pub last_type: Option<MessageType>,
    pub last_direction: Option<Direction>,
    pub window: Window,
    /// A customer who came by an advertisement: then sends may be free for a time.
    pub free_entry: Option<FreeEntry>,
    pub last_replies: LastReplies,
    /// Sends that are not final yet, in their order: `MessageId::order` of each.
    pub out: Vec<String>,
    /// Sends that are not to go out yet, the earliest first: a [`MessageId::order`] tells its time.
    pub scheduled: Vec<String>,
    /// The first of `out` is not tried before this time.
    pub wait: Option<Timestamp>,
    /// Until when all that was sent is paid off ([`crate::pace`]); in the past, a whole burst may go.
    pub paid: Option<Timestamp>,
    /// Counts the times `sweep` woke it: a change of it is a wake.
    pub wakes: u64,
    pub due: Option<Due>,
    pub created_at: Timestamp,
}

impl Head {
    /// When the earliest scheduled send is to go out.
    pub fn next_scheduled(&self) -> Option<Timestamp> {
        self.scheduled.first().and_then(|order| MessageId::in_conversation(&self.id, order).ok()).map(|id| id.sent_at())
    }

    /// When it must be looked at: the earliest of what waits now and what is scheduled.
    pub fn due_at(&self) -> Option<Due> {
        self.due.into_iter().chain(self.next_scheduled()).min()
    }

    /// Sends that are not final, whenever they are to go out.
    pub fn waiting(&self) -> usize {
        self.out.len() + self.scheduled.len()
    }
}

/// At most this many sends of a conversation wait at once; the API refuses more.
pub const OUT_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_teammates_newer_reply_is_in_the_way() {
        let [a, b, c] = [1, 2, 3].map(|n| UserId::from_bytes([n; 16]));
        let replies = LastReplies::default().with(&a, 3).with(&b, 5).with(&b, 6).with(&a, 9);
        assert_eq!([&a, &b, &c].map(|me| replies.by_others(me)), [Some(6), Some(9), Some(9)]);
        assert_eq!(LastReplies::default().with(&a, 3).by_others(&a), None);
    }
}

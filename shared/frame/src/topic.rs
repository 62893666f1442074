//! What a socket shows.

use std::{fmt, str::FromStr};

use domain::ConversationId;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// The list: conversation rows.
    Inbox,
    /// One thread: its messages and its row.
    Conversation(ConversationId),
}

impl Topic {
    /// The conversation that is looked at.
    pub fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::Inbox => None,
            Self::Conversation(id) => Some(id),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inbox => f.write_str("inbox"),
            Self::Conversation(id) => write!(f, "conversation:{id}"),
        }
    }
}

/// The text names no topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a topic: `inbox` or `conversation:<id>`")]
pub struct BadTopic;

impl FromStr for Topic {
    type Err = BadTopic;

    fn from_str(text: &str) -> Result<Self, BadTopic> {
        match text.split_once(':') {
            None if text == "inbox" => Ok(Self::Inbox),
            Some(("conversation", id)) => Ok(Self::Conversation(id.parse().map_err(|_| BadTopic)?)),
            Some(_) | None => Err(BadTopic),
        }
    }
}

//! What an agent sends, taken once: the idempotency pointer, the messages and the head in one transaction.

use domain::{ConversationId, Head, Message, Timestamp, UserId};

use crate::{Result, Tenant};

/// One POST of an agent.
#[derive(Clone, Debug)]
pub struct Submit {
    /// Who sends, and their name as it stands now.
    pub user: UserId,
    pub user_name: String,
    /// The client's Idempotency-Key.
    pub client_id: String,
    /// Of the request's body: the same key with another hash is refused.
    pub body_hash: String,
    /// A text each, in order; 1 to 40.
    pub parts: Vec<String>,
    pub reply_to: Option<domain::message::ReplyTo>,
    /// The newest `seq` that the sender has seen.
    pub expected_seq: Option<u64>,
    /// Send although a teammate has written since.
    pub force: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// New, with the head as it stands now.
    Created(Vec<Message>, Head),
    /// This request was taken before: its messages as they stand now.
    Same(Vec<Message>),
    /// The key was used for another body.
    OtherBody,
    /// A teammate wrote this `seq` since.
    NewerReply { seq: u64 },
    /// [`domain::conversation::OUT_MAX`] sends wait already.
    OutFull,
    NotFound,
}

impl Tenant<'_> {
    /// What a request with this key came to, if it was taken before. One read. `Same` or `OtherBody`.
    pub async fn submitted(&self, conversation: &ConversationId, what: &Submit) -> Result<Option<Submitted>> {
        todo!()
    }

    /// Takes a request. `head` is as the caller read it, for the window; it is read again where it has moved on.
    pub async fn submit(&self, head: Head, what: &Submit, now: Timestamp) -> Result<Submitted> {
        todo!()
    }
}

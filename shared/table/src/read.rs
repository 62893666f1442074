//! Heads and messages, read by their keys.

use domain::{Contact, ContactId, ConversationId, Head, Message, MessageId};

use crate::{Result, Tenant};

/// One page of a list, and where the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    pub items: Vec<T>,
    /// `None` on the last page. A page may be short, even empty, and still have a next.
    pub next: Option<C>,
}

impl Tenant<'_> {
    /// A conversation's head, by a consistent read.
    pub async fn head(&self, id: &ConversationId) -> Result<Option<Head>> {
        todo!()
    }

    /// A conversation's head as the nearest copy has it: half the price, up to a second old.
    pub async fn head_eventual(&self, id: &ConversationId) -> Result<Option<Head>> {
        todo!()
    }

    /// By a consistent read.
    pub async fn message(&self, id: &MessageId) -> Result<Option<Message>> {
        todo!()
    }

    /// A thread, newest first by (`sent_at`, `seq`). `before` is a [`MessageId::order`]; at most 100.
    pub async fn messages(&self, of: &ConversationId, before: Option<&str>, limit: usize) -> Result<Page<Message, String>> {
        todo!()
    }

    pub async fn contact(&self, id: &ContactId) -> Result<Option<Contact>> {
        todo!()
    }
}

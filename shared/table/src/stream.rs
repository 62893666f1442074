//! What the truth table's stream tells of a change.

use domain::{AccountId, ConversationId, Head, Message, TenantId};

use crate::Result;

/// An item that changed, in our words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub tenant: TenantId,
    pub what: Changed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// `rev_before` is `None` when it is new. Where it equals the head's, nothing that anyone sees has changed.
    Head { head: Box<Head>, rev_before: Option<u64>, wake: bool },
    Message { conversation: ConversationId, message: Box<Message>, rev_before: Option<u64> },
    Account(AccountId),
}

/// What a record of the stream says, from its images; `None` for what no reader looks at, and for what was deleted.
pub fn change(old: Option<&serde_dynamo::Item>, new: Option<&serde_dynamo::Item>) -> Result<Option<Change>> {
    todo!()
}

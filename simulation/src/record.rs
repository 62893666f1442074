//! What was asked of the system from outside: the side of the story that it is held to.

use std::collections::BTreeMap;

use domain::ConversationId;

use crate::stage::Customer;

/// What a customer wrote, and Meta saw taken.
#[derive(Clone, Debug)]
pub struct Written {
    pub customer: Customer,
    pub external_id: String,
    pub text: String,
}

/// What an agent asked to be sent.
#[derive(Clone, Debug)]
pub struct Reply {
    pub house: usize,
    pub conversation: ConversationId,
    pub parts: Vec<String>,
    /// 202, or why not.
    pub status: u16,
}

/// A number that was given another token.
#[derive(Clone, Debug)]
pub struct Connect {
    pub house: usize,
    pub number: String,
    /// 200, or why not.
    pub status: u16,
}

#[derive(Default)]
pub struct Record {
    /// In the order in which each customer's messages were taken.
    pub written: Vec<Written>,
    pub replies: Vec<Reply>,
    /// In the order in which they were answered.
    pub connects: Vec<Connect>,
    /// Words of events that nobody can understand.
    pub poison: Vec<(usize, String)>,
    /// Open sockets, by tenant.
    pub sockets: Vec<(usize, String)>,
    /// Where each tenant's client began to follow the log.
    pub cursors: BTreeMap<usize, u64>,
}

//! What became of a send, as its channel tells it: facts that may come in any order.

use domain::{AccountId, MessageId, Receipt, Timestamp};

use crate::{Result, Tenant};

#[derive(Clone, Debug, PartialEq)]
pub struct StatusIn {
    /// The channel's id of the send.
    pub external_id: String,
    /// Our message and its attempt, where the channel returned them.
    pub reference: Option<(MessageId, u32)>,
    pub receipt: Receipt,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusOutcome {
    Applied(MessageId),
    NothingNew,
    /// Kept until its message appears.
    Waiting,
}

impl Tenant<'_> {
    pub async fn apply_status(&self, account: &AccountId, status: &StatusIn) -> Result<StatusOutcome> {
        todo!()
    }
}

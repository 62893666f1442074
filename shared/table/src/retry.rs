//! "Send again": an agent's decision about a send that failed, or of which nobody knows.

use domain::{DeliveryStatus, Message, MessageId, Timestamp};

use crate::{Result, Tenant};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It waits for its turn again, and after it the later parts of its request that waited for it.
    Queued(Message),
    NotRetryable(DeliveryStatus),
    NotFound,
    OutFull,
}

impl Tenant<'_> {
    pub async fn retry(&self, id: &MessageId, now: Timestamp) -> Result<Retried> {
        todo!()
    }
}

//! The road of a send: the first of `out`, claimed before the channel is called, recorded after.

use domain::delivery::Claim;
use domain::{ConversationId, Failure, Head, Identity, Message, Timestamp};

use crate::{Result, Tenant};

impl Tenant<'_> {
    /// The head and the first message of its `out`, consistently. `None`: nothing waits.
    pub async fn next_send(&self, id: &ConversationId, now: Timestamp) -> Result<Option<(Head, Message)>> {
        todo!()
    }

    /// As [`Tenant::next_send`], of a head that a call of this module has just returned: one read less.
    pub async fn next_of(&self, head: Head, now: Timestamp) -> Result<Option<(Head, Message)>> {
        todo!()
    }

    /// Takes the right to call the channel once. `None`: somebody else has it, or the message has moved on.
    pub async fn claim(&self, message: &Message, claim: &Claim) -> Result<Option<Message>> {
        todo!()
    }

    /// The channel took it. `learnt` are identities of the contact that it did not have.
    pub async fn record_accepted(
        &self,
        head: &Head,
        message: &Message,
        external_id: &str,
        learnt: &[Identity],
        at: Timestamp,
    ) -> Result<Head> {
        todo!()
    }

    /// The channel will never take it. The later parts of its request are parked.
    pub async fn record_failed(&self, head: &Head, message: &Message, why: &Failure, at: Timestamp) -> Result<Head> {
        todo!()
    }

    /// Nobody can tell whether the channel took it. The later parts of its request are parked.
    pub async fn record_unknown(&self, head: &Head, message: &Message, at: Timestamp) -> Result<Head> {
        todo!()
    }

    /// The channel certainly did not take it, for now: the claim is given back and the conversation waits.
    pub async fn release_and_wait(&self, head: &Head, message: &Message, until: Timestamp) -> Result<Head> {
        todo!()
    }

    /// Takes out of `out` what is final or parked for an earlier part, and parks what must wait for it.
    pub async fn drop_final(&self, head: &Head, now: Timestamp) -> Result<Head> {
        todo!()
    }
}

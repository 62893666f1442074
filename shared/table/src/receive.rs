//! What customers wrote, stored once: pointers, messages, head and contact in one transaction.

use domain::message::{Author, Raw};
use domain::{Account, ContactId, ConversationId, Identity, MessageId, MessageType, Timestamp};

use crate::{Result, Tenant};

/// Who is talking, and where.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The channel's id of the group; `None` in a one-to-one chat.
    pub group: Option<String>,
    pub contact: ContactSeed,
}

/// What the channel told of the writer, and the id that they get if they are new.
#[derive(Clone, Debug)]
pub struct ContactSeed {
    /// Random.
    pub id_if_new: ContactId,
    /// The stablest first; at least one that identifies.
    pub identities: Vec<Identity>,
    /// Not blank.
    pub name: Option<String>,
}

/// A message to store.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The channel's id of it: with the account, what it is deduplicated by.
    pub external_id: String,
    /// By the channel's clock.
    pub at: Timestamp,
    pub kind: MessageType,
    pub text: Option<String>,
    /// `None`: the contact of the thread's seed, by its display name.
    pub author: Option<Author>,
    /// The channel's id of the message that it answers.
    pub reply_to: Option<String>,
    pub raw_type: Option<String>,
    pub raw: Option<Raw>,
    pub opens_window: bool,
    pub received_at: Timestamp,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub conversation: ConversationId,
    pub contact: ContactId,
    /// In their order in the thread.
    pub stored: Vec<MessageId>,
    /// How many were here already.
    pub duplicates: usize,
}

impl Tenant<'_> {
    /// Stores a batch of one thread, each message at most once. Safe to repeat, in any order, at any time later.
    pub async fn receive(
        &self,
        account: &Account,
        thread: &Thread,
        batch: &[Inbound],
        now: Timestamp,
    ) -> Result<Received> {
        todo!()
    }
}

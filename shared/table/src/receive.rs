//! What customers wrote, stored once: pointers, messages, head and contact in one transaction.

use domain::message::{Author, Raw, clamp_sent_at};
use domain::{Account, ContactId, ConversationId, Identity, MessageId, MessageType, Timestamp};

use crate::inbound::Plan;
use crate::store::{Read, TRIES, Transacted};
use crate::{Error, Result, Tenant};

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

/// Messages per transaction: two items each, and at most ten more, of the hundred that one takes.
const CHUNK: usize = 45;

impl Tenant<'_> {
    /// Stores a batch of one thread, each message at most once. Safe to repeat, in any order, at any time later.
    pub async fn receive(
        &self,
        account: &Account,
        thread: &Thread,
        batch: &[Inbound],
        now: Timestamp,
    ) -> Result<Received> {
        let mut once: Vec<&Inbound> = Vec::new();
        for message in batch {
            if once.iter().all(|known| known.external_id != message.external_id) {
                once.push(message);
            }
        }
        once.sort_by_key(|m| clamp_sent_at(m.at, m.received_at));
        let mut whole: Option<Received> = None;
        for chunk in once.chunks(CHUNK) {
            let part = self.receive_chunk(account, thread, chunk.to_vec(), now).await?;
            match &mut whole {
                None => whole = Some(part),
                Some(whole) => whole.stored.extend(part.stored),
            }
        }
        let mut received = whole.ok_or_else(|| Error::Corrupt("a batch without messages".to_owned()))?;
        received.duplicates = batch.len() - received.stored.len();
        Ok(received)
    }

    async fn receive_chunk(
        &self,
        account: &Account,
        thread: &Thread,
        mut left: Vec<&Inbound>,
        now: Timestamp,
    ) -> Result<Received> {
        let mut conflicts = 0;
        let mut read = Read::Eventual;
        while conflicts < TRIES {
            self.tables.pause.before(conflicts).await;
            let plan = self.plan(account, thread, &left, read, now).await?;
            let Plan { writes, pointers, conversation, contact, messages } = plan;
            let unmet = match self.truth().transact(&writes).await? {
                Transacted::Done => return Ok(Received { conversation, contact, stored: messages, duplicates: 0 }),
                Transacted::Unmet(unmet) => unmet,
                Transacted::Conflict => Vec::new(),
            };
            let known = |i: usize| unmet.contains(&i);
            let before = left.len();
            left = left.into_iter().enumerate().filter(|(i, _)| *i >= pointers || !known(*i)).map(|(_, m)| m).collect();
            if left.is_empty() {
                return Ok(Received { conversation, contact, stored: Vec::new(), duplicates: 0 });
            }
            if left.len() == before {
                conflicts += 1;
            }
            read = Read::Consistent;
        }
        Err(Error::Retry("others kept changing the conversation".to_owned()))
    }
}

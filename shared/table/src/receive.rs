//! What customers wrote, stored once: pointers, messages, head and contact in one transaction.

use domain::message::{Author, Raw, clamp_sent_at};
use domain::{
    Account, Body, ContactId, ConversationId, Direction, Identity, MessageId, MessageType, Receipt, Timestamp,
};

use crate::amend::Held;
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
    pub body: Body,
    /// `None`: the contact of the thread's seed, by its display name.
    pub author: Option<Author>,
    /// The channel's id of the message that it answers.
    pub reply_to: Option<String>,
    pub raw_type: Option<String>,
    pub raw: Option<Raw>,
    pub opens_window: bool,
    /// From before the account was connected: it makes nothing unread, opens nothing, reopens nothing.
    pub past: bool,
    /// What is known of its way to the customer, where the business wrote it elsewhere.
    pub receipt: Option<Receipt>,
    pub received_at: Timestamp,
}

impl Inbound {
    /// A message of the thread's contact, as yet without content.
    pub fn new(external_id: String, kind: MessageType, at: Timestamp, received_at: Timestamp) -> Self {
        Self {
            external_id,
            at,
            kind,
            text: None,
            body: Body::default(),
            author: None,
            reply_to: None,
            raw_type: None,
            raw: None,
            opens_window: false,
            past: false,
            receipt: None,
            received_at,
        }
    }

    /// Who writes decides which way it goes; what the channel itself says stands on the customer's side.
    pub(crate) fn direction(&self) -> Direction {
        match &self.author {
            None | Some(Author::Contact { .. } | Author::System) => Direction::Inbound,
            Some(Author::User { .. } | Author::External { .. }) => Direction::Outbound,
        }
    }

    /// Whether a customer says it now.
    pub(crate) fn is_news(&self) -> bool {
        !self.past && matches!(self.author, None | Some(Author::Contact { .. }))
    }
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
        let mut held = Held::default();
        while conflicts < TRIES {
            self.tables.pause.before(conflicts).await;
            let plan = self.plan(account, thread, &left, &held, read, now).await?;
            let Plan { writes, pointers, conversation, contact, messages } = plan;
            let unmet = match self.truth().transact(&writes).await? {
                Transacted::Done => {
                    self.join_receipts(account, &left, |i, _| messages.get(i)).await?;
                    return Ok(Received { conversation, contact, stored: messages, duplicates: 0 });
                }
                Transacted::Unmet(unmet) => unmet,
                Transacted::Conflict => Vec::new(),
            };
            let before = left.len();
            let unmet: Vec<&Inbound> = unmet.into_iter().filter(|i| *i < pointers).map(|i| left[i]).collect();
            // Under a name that is taken lies a message, or facts that wait for it.
            let stored = self.stored_of(account, &unmet, &mut held).await?;
            self.join_receipts(account, &unmet, |_, m| stored.get(&m.external_id)).await?;
            left.retain(|m| !stored.contains_key(&m.external_id));
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

//! What customers wrote, stored once: pointers, messages, head and contact in one transaction.

use domain::message::{Author, Raw, ReplyTo, clamp_sent_at};
use domain::{
    Account, ContactId, ConversationId, Direction, Head, Identity, Message, MessageId, MessageType, Owner, Status,
    Timestamp, Window,
};

use crate::change::{When, Write};
use crate::identify::{Who, contact_of};
use crate::item::pointer::{self, Pointer};
use crate::item::{self, s};
use crate::store::{Read, TRIES, Transacted};
use crate::{Error, Result, Tenant, key};

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

/// One transaction in the making.
struct Plan {
    writes: Vec<Write>,
    /// The first writes are pointers: this many, in the order of the messages.
    pointers: usize,
    conversation: ConversationId,
    contact: ContactId,
    messages: Vec<MessageId>,
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

    async fn plan(
        &self,
        account: &Account,
        thread: &Thread,
        batch: &[&Inbound],
        read: Read,
        now: Timestamp,
    ) -> Result<Plan> {
        let newest = batch.iter().map(|m| m.at).max().unwrap_or(now);
        let seed = &thread.contact;
        let who = self.who(&account.id, seed, read).await?;
        // Nobody has written in the one-to-one chat of a contact who is new.
        let fresh = thread.group.is_none() && matches!(who, Who::New);
        let (contact, people, learnt) = match who {
            Who::AsBefore(id) => (id, Vec::new(), None),
            Who::New => (seed.id_if_new.clone(), self.new_contact(&account.id, seed, newest)?, Some(contact_of(seed))),
            Who::Learn { stored, missing } => {
                let (writes, contact) = self.learn(&account.id, seed, &stored, &missing, newest)?;
                (contact.id.clone(), writes, Some(contact))
            }
        };
        let conversation = self.conversation_of(account, thread, &contact)?;
        let old = if fresh { None } else { self.head(&conversation).await? };
        let contact_now = match (learnt, &old) {
            (Some(contact), _) => Some(contact),
            (None, None) => self.contact(&contact).await?,
            (None, Some(_)) => None,
        };
        let name = match (&contact_now, &old) {
            (Some(contact), _) => contact.display_name(),
            (None, Some(head)) if thread.group.is_none() => head.contact_name.clone(),
            (None, _) => contact_of(seed).display_name(),
        };
        let base = old.clone().unwrap_or_else(|| new_head(&conversation, account, thread, &contact, &name, now));
        let messages = self.messages_of(account, &base, batch, &contact, &name, now).await?;
        let mut head = with_inbound(base, account, batch, &messages);
        if thread.group.is_none() {
            head.contact_name = name;
        }
        let mut writes = Vec::new();
        for (inbound, message) in batch.iter().zip(&messages) {
            let hash = self.external(&account.id, &inbound.external_id)?;
            let to = Pointer { m: message.id.clone(), n: None };
            writes.push(Write::Put(pointer::pointer(&self.id, &hash, &to)?, When::Absent));
        }
        let pointers = writes.len();
        for message in &messages {
            writes.push(Write::Put(item::message::item(&self.id, message)?, When::Always));
        }
        match &old {
            Some(old) => writes.push(self.head_write(old, &head)?),
            None => {
                writes.push(Write::Put(item::head::item(&self.id, &head)?, When::Absent));
                let listed = key::export(&self.id, &conversation);
                let item = [("pk".to_owned(), s(&listed.pk)), ("sk".to_owned(), s(&listed.sk))];
                writes.push(Write::Put(item.into(), When::Always));
            }
        }
        writes.extend(people);
        Ok(Plan { writes, pointers, conversation, contact, messages: messages.into_iter().map(|m| m.id).collect() })
    }

    pub(crate) fn conversation_of(
        &self,
        account: &Account,
        thread: &Thread,
        contact: &ContactId,
    ) -> Result<ConversationId> {
        let name = match &thread.group {
            Some(group) => format!("group:{group}"),
            None => format!("contact:{contact}"),
        };
        Ok(self.tables.id_key()?.conversation(&self.id, &account.id, &name))
    }

    async fn messages_of(
        &self,
        account: &Account,
        head: &Head,
        batch: &[&Inbound],
        contact: &ContactId,
        name: &str,
        now: Timestamp,
    ) -> Result<Vec<Message>> {
        let mut messages = Vec::new();
        for (i, inbound) in batch.iter().enumerate() {
            let sent_at = clamp_sent_at(inbound.at, inbound.received_at);
            let seq = head.seq + 1 + i as u64;
            let reply_to = match &inbound.reply_to {
                Some(external) => Some(self.reply_to(account, external).await?),
                None => None,
            };
            let author = || Author::Contact { id: Some(contact.to_string()), name: name.to_owned() };
            messages.push(Message {
                id: MessageId::new(&head.id, sent_at, seq),
                direction: Direction::Inbound,
                kind: inbound.kind,
                text: inbound.text.clone(),
                author: inbound.author.clone().unwrap_or_else(author),
                channel_message_id: Some(inbound.external_id.clone()),
                reply_to,
                request: None,
                delivery: None,
                raw_type: inbound.raw_type.clone(),
                raw: inbound.raw.clone(),
                sent_at,
                received_at: inbound.received_at,
                created_at: now,
                rev: 1,
            });
        }
        Ok(messages)
    }

    async fn reply_to(&self, account: &Account, external_id: &str) -> Result<ReplyTo> {
        let at = key::pointer(&self.id, &self.external(&account.id, external_id)?);
        let known = self.truth().get(&at, Read::Eventual).await?.map(item::decode::<Pointer>).transpose()?;
        Ok(ReplyTo { message: known.map(|p| p.m), channel_message_id: Some(external_id.to_owned()) })
    }
}

fn new_head(
    id: &ConversationId,
    account: &Account,
    thread: &Thread,
    contact: &ContactId,
    name: &str,
    now: Timestamp,
) -> Head {
    Head {
        id: id.clone(),
        channel: account.channel,
        account: account.id.clone(),
        group: thread.group.clone(),
        contact: contact.clone(),
        contact_name: name.to_owned(),
        avatar_url: None,
        status: Status::Open,
        owner: Owner::Nobody,
        seq: 0,
        rev: 0,
        version: 1,
        unread: 0,
        read_seq: 0,
        last_at: Timestamp::from_millis(0),
        preview: String::new(),
        last_type: None,
        last_direction: None,
        window: Window::unopened(account.channel),
        last_replies: Default::default(),
        out: Vec::new(),
        wait: None,
        wakes: 0,
        due: None,
        created_at: now,
    }
}

/// The head after a batch: `messages` are in their order in the thread, each of its `batch` message.
fn with_inbound(mut head: Head, account: &Account, batch: &[&Inbound], messages: &[Message]) -> Head {
    let count = messages.len() as u64;
    head.seq += count;
    head.unread += count;
    head.rev += 1;
    head.status = head.status.after_inbound();
    for (inbound, message) in batch.iter().zip(messages) {
        head = with_newest(head, message);
        if inbound.opens_window {
            head.window = head.window.join(Window::opened(account.channel, message.sent_at));
        }
    }
    head
}

/// A message shows in the row unless a later one is there: channels deliver out of order.
pub(crate) fn with_newest(mut head: Head, message: &Message) -> Head {
    if message.sent_at >= head.last_at {
        head.last_at = message.sent_at;
        head.preview = message.preview();
        head.last_type = Some(message.kind);
        head.last_direction = Some(message.direction);
    }
    head
}

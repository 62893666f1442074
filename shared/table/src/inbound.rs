//! The transaction that stores a batch of customers' messages.

use domain::message::{Author, ReplyTo, clamp_sent_at};
use domain::send_option::FreeEntry;
use domain::{
    Account, ChannelType, Contact, ContactId, ConversationId, Delivery, Direction, Head, Message, MessageId, Owner,
    Status, Timestamp, Window,
};

use crate::amend::Held;
use crate::change::{When, Write};
use crate::identify::{Who, contact_of};
use crate::item::pointer::{self, Pointer};
use crate::item::{self, s};
use crate::receive::{Inbound, Thread};
use crate::store::Read;
use crate::{Result, Tenant, key};

/// One transaction in the making.
pub(crate) struct Plan {
    pub(crate) writes: Vec<Write>,
    /// The first writes are pointers: this many, in the order of the messages.
    pub(crate) pointers: usize,
    pub(crate) conversation: ConversationId,
    pub(crate) contact: ContactId,
    pub(crate) messages: Vec<MessageId>,
}

/// Who writes a batch.
struct Writer {
    contact: ContactId,
    /// The contact as it then is, where that had to be looked at.
    known: Option<Contact>,
    new: bool,
    /// What is to be stored of them.
    writes: Vec<Write>,
}

impl Tenant<'_> {
    pub(crate) async fn plan(
        &self,
        account: &Account,
        thread: &Thread,
        batch: &[&Inbound],
        held: &Held,
        read: Read,
        now: Timestamp,
    ) -> Result<Plan> {
        let writer = self.writer(account, thread, batch, read).await?;
        let conversation = self.conversation_of(account, thread, &writer.contact)?;
        // Nobody has written in the one-to-one chat of a contact who is new.
        let fresh = thread.group.is_none() && writer.new;
        let old = if fresh { None } else { self.head(&conversation).await? };
        let name = self.name(thread, &writer, old.as_ref()).await?;
        let base = old.clone().unwrap_or_else(|| new_head(&conversation, account, thread, &writer.contact, &name, now));
        let mut messages = self.messages_of(account, &base, batch, &writer.contact, &name, now).await?;
        for (inbound, message) in batch.iter().zip(&mut messages) {
            *message = held.joined(&inbound.external_id, message);
        }
        let mut head = with_inbound(base, account, batch, &messages);
        if thread.group.is_none() {
            head.contact_name = name;
        }
        let mut writes = self.message_writes(account, batch, held, &messages)?;
        writes.extend(self.head_writes(old.as_ref(), &head)?);
        writes.extend(writer.writes);
        let messages = messages.into_iter().map(|m| m.id).collect();
        Ok(Plan { writes, pointers: batch.len(), conversation, contact: writer.contact, messages })
    }

    /// Who writes, and what is to be stored of them.
    async fn writer(&self, account: &Account, thread: &Thread, batch: &[&Inbound], read: Read) -> Result<Writer> {
        let told_at = batch.iter().map(|m| m.at).max().unwrap_or(Timestamp::from_millis(0));
        let seed = &thread.contact;
        Ok(match self.who(&account.id, seed, read).await? {
            Who::AsBefore(contact) => Writer { contact, known: None, new: false, writes: Vec::new() },
            Who::New => {
                let writes = self.new_contact(&account.id, seed, told_at)?;
                Writer { contact: seed.id_if_new.clone(), known: Some(contact_of(seed)), new: true, writes }
            }
            Who::Learn { stored, missing } => {
                let (writes, contact) = self.learn(&account.id, seed, &stored, &missing, told_at)?;
                Writer { contact: contact.id.clone(), known: Some(contact), new: false, writes }
            }
        })
    }

    /// What agents read as the writer's name, from what is at hand.
    async fn name(&self, thread: &Thread, writer: &Writer, head: Option<&Head>) -> Result<String> {
        let contact = match (&writer.known, head) {
            (Some(contact), _) => Some(contact.clone()),
            (None, Some(head)) if thread.group.is_none() => return Ok(head.contact_name.clone()),
            (None, Some(_)) => None,
            (None, None) => self.contact(&writer.contact).await?,
        };
        Ok(contact.unwrap_or_else(|| contact_of(&thread.contact)).display_name())
    }

    /// The pointers, then the messages, in the same order.
    fn message_writes(
        &self,
        account: &Account,
        batch: &[&Inbound],
        held: &Held,
        messages: &[Message],
    ) -> Result<Vec<Write>> {
        let mut writes = Vec::new();
        for (inbound, message) in batch.iter().zip(messages) {
            let hash = self.external(&account.id, &inbound.external_id)?;
            let to = Pointer { m: message.id.clone(), n: None };
            writes.push(Write::Put(pointer::pointer(&self.id, &hash, &to)?, held.when(&inbound.external_id)));
        }
        for message in messages {
            writes.push(Write::Put(item::message::item(&self.id, message)?, When::Always));
        }
        Ok(writes)
    }

    /// A new conversation is also listed for the export.
    fn head_writes(&self, old: Option<&Head>, new: &Head) -> Result<Vec<Write>> {
        if let Some(old) = old {
            return Ok(vec![self.head_write(old, new)?]);
        }
        let listed = key::export(&self.id, &new.id);
        let listed = [("pk".to_owned(), s(&listed.pk)), ("sk".to_owned(), s(&listed.sk))].into();
        Ok(vec![Write::Put(item::head::item(&self.id, new)?, When::Absent), Write::Put(listed, When::Always)])
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
            let author = inbound.author.clone().unwrap_or_else(author);
            let id = MessageId::new(&head.id, sent_at, seq);
            messages.push(Message {
                text: inbound.text.clone(),
                body: inbound.body.clone(),
                channel_message_id: Some(inbound.external_id.clone()),
                reply_to,
                delivery: delivery(inbound),
                raw_type: inbound.raw_type.clone(),
                raw: inbound.raw.clone(),
                quiet: !inbound.is_news(),
                ..Message::new(id, inbound.direction(), inbound.kind, author, inbound.received_at, now)
            });
        }
        Ok(messages)
    }

    async fn reply_to(&self, account: &Account, external_id: &str) -> Result<ReplyTo> {
        let at = key::pointer(&self.id, &self.external(&account.id, external_id)?);
        let known = self.truth().get(&at, Read::Eventual).await?.map(pointer::known).transpose()?;
        Ok(ReplyTo { message: known.flatten().map(|p| p.m), channel_message_id: Some(external_id.to_owned()) })
    }
}

/// What is known of the way of a message that the business wrote elsewhere.
fn delivery(inbound: &Inbound) -> Option<Delivery> {
    let receipt = inbound.receipt.as_ref().filter(|_| inbound.direction() == Direction::Outbound)?;
    let sent = Delivery { accepted_at: Some(inbound.at), ..Delivery::queued() };
    Some(sent.join(receipt, inbound.at, None).unwrap_or(sent))
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
        free_entry: None,
        last_replies: Default::default(),
        out: Vec::new(),
        wait: None,
        paid: None,
        scheduled: Vec::new(),
        wakes: 0,
        due: None,
        created_at: now,
    }
}

/// The head after a batch: `messages` are in their order in the thread, each of its `batch` message.
fn with_inbound(mut head: Head, account: &Account, batch: &[&Inbound], messages: &[Message]) -> Head {
    let news = batch.iter().filter(|inbound| inbound.is_news()).count() as u64;
    // What was over before the account was connected waits for nobody.
    if head.seq == 0 && batch.iter().all(|inbound| inbound.past) {
        head.status = Status::Resolved;
    }
    head.seq += messages.len() as u64;
    head.unread += news;
    head.rev += 1;
    if news > 0 {
        head.status = head.status.after_inbound();
    }
    for (inbound, message) in batch.iter().zip(messages) {
        head = with_newest(head, message);
        if inbound.opens_window && !inbound.past {
            head.window = head.window.join(Window::opened(account.channel, message.sent_at));
            if account.channel == ChannelType::Whatsapp && message.body.context.referral.is_some() {
                head.free_entry = Some(FreeEntry::came(head.free_entry, message.sent_at));
            }
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

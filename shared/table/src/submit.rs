//! What an agent sends, taken once: the idempotency pointer, the messages and the head in one transaction.

use std::time::Duration;

use domain::conversation::OUT_MAX;
use domain::message::{Author, ReplyTo, Request};
use domain::{
    Body, ConversationId, Delivery, Direction, Head, Message, MessageId, MessageType, Status, Timestamp, UserId,
};

use crate::change::{When, Write};
use crate::inbound::with_newest;
use crate::item::pointer::Taken;
use crate::store::{Read, TRIES, Transacted};
use crate::{Error, Result, Tenant, item, key};

/// What becomes one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub kind: MessageType,
    pub text: Option<String>,
    /// What it says beyond its text.
    pub body: Body,
}

impl Draft {
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: MessageType::Text, text: Some(text.into()), body: Body::default() }
    }
}

/// One POST of an agent.
#[derive(Clone, Debug)]
pub struct Submit {
    /// Who sends, and their name as it stands now.
    pub user: UserId,
    pub user_name: String,
    /// The client's Idempotency-Key.
    pub client_id: String,
    /// Of the request's body: the same key with another hash is refused.
    pub body_hash: String,
    /// A message each, in order; 1 to [`PARTS_MAX`].
    pub parts: Vec<Draft>,
    pub reply_to: Option<ReplyTo>,
    /// The newest `seq` that the sender has seen.
    pub expected_seq: Option<u64>,
    /// Send although a teammate has written since.
    pub force: bool,
    /// To go out then, and not now.
    pub send_at: Option<Timestamp>,
}

/// At most this many parts: they lie in one transaction, which takes a hundred items.
pub const PARTS_MAX: usize = 40;

/// A send that has not left by then is looked at: its wake was lost, or its holder died (lease 30 s, and some).
pub const STUCK: Duration = Duration::from_secs(45);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// New, with the head as it stands now.
    Created(Vec<Message>, Box<Head>),
    /// This request was taken before: its messages as they stand now.
    Same(Vec<Message>),
    /// The key was used for another body.
    OtherBody,
    /// A teammate wrote this `seq` since.
    NewerReply {
        seq: u64,
    },
    /// [`OUT_MAX`] sends wait already.
    OutFull,
    NotFound,
}

impl Tenant<'_> {
    /// What a request with this key came to, if it was taken before: `Same` or `OtherBody`.
    pub async fn submitted(&self, conversation: &ConversationId, what: &Submit) -> Result<Option<Submitted>> {
        let Some(taken) = self.taken(conversation, &what.user, &what.client_id).await? else { return Ok(None) };
        if taken.b != what.body_hash {
            return Ok(Some(Submitted::OtherBody));
        }
        Ok(Some(Submitted::Same(self.messages_by_id(&taken.ms).await?)))
    }

    /// Takes a request. `head` is as the caller read it, for the window; it is read again where it has moved on.
    pub async fn submit(&self, head: Head, what: &Submit, now: Timestamp) -> Result<Submitted> {
        let id = head.id.clone();
        let mut seen = Some(head);
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(head) = (match seen.take() {
                Some(head) => Some(head),
                None => self.head(&id).await?,
            }) else {
                return Ok(Submitted::NotFound);
            };
            if let Some(refused) = refusal(&head, what) {
                // A repeat gets the answer of the first time, whatever has happened since.
                return Ok(self.submitted(&id, what).await?.unwrap_or(refused));
            }
            let messages = sends(&head, what, now);
            let after = match what.send_at {
                Some(_) => with_scheduled(head.clone(), &messages),
                None => with_sends(head.clone(), what, &messages, self.stuck(now)),
            };
            match self.truth().transact(&self.submit_writes(&head, &after, what, &messages)?).await? {
                Transacted::Done => return Ok(Submitted::Created(messages, Box::new(after))),
                Transacted::Unmet(unmet) if unmet.contains(&0) => {
                    let missing = || Error::Corrupt("a request that was taken has no pointer".to_owned());
                    return self.submitted(&id, what).await?.ok_or_else(missing);
                }
                Transacted::Unmet(_) | Transacted::Conflict => {}
            }
        }
        Err(Error::Retry("others kept changing the conversation".to_owned()))
    }

    fn submit_writes(&self, old: &Head, new: &Head, what: &Submit, messages: &[Message]) -> Result<Vec<Write>> {
        let taken = Taken { b: what.body_hash.clone(), ms: messages.iter().map(|m| m.id.clone()).collect() };
        let hash = self.idempotency(&old.id, &what.user, &what.client_id)?;
        let mut writes = vec![Write::Put(item::encode(&key::pointer(&self.id, &hash), &taken)?, When::Absent)];
        for message in messages {
            writes.push(Write::Put(item::message::outbound(&self.id, message, &old.account)?, When::Always));
        }
        writes.push(self.head_write(old, new)?);
        Ok(writes)
    }

    pub(crate) async fn taken(
        &self,
        conversation: &ConversationId,
        user: &UserId,
        client_id: &str,
    ) -> Result<Option<Taken>> {
        let at = key::pointer(&self.id, &self.idempotency(conversation, user, client_id)?);
        self.truth().get(&at, Read::Consistent).await?.map(item::decode).transpose()
    }

    fn idempotency(&self, conversation: &ConversationId, user: &UserId, client_id: &str) -> Result<String> {
        let parts = ["idempotency", user.as_str(), conversation.as_str(), client_id];
        Ok(self.tables.id_key()?.name(&self.id, &parts))
    }

    /// When a send that starts now is looked at again.
    pub(crate) fn stuck(&self, now: Timestamp) -> Timestamp {
        now.plus(self.tables.scale.of(STUCK))
    }
}

fn refusal(head: &Head, what: &Submit) -> Option<Submitted> {
    if head.waiting() + what.parts.len() > OUT_MAX {
        return Some(Submitted::OutFull);
    }
    let newer = head.last_replies.by_others(&what.user)?;
    let unseen = what.expected_seq.is_some_and(|seen| newer > seen);
    (unseen && !what.force).then_some(Submitted::NewerReply { seq: newer })
}

fn sends(head: &Head, what: &Submit, now: Timestamp) -> Vec<Message> {
    let sent_at = what.send_at.unwrap_or_else(|| head.channel.clock(now));
    let part = |(i, draft): (usize, &Draft)| {
        let id = MessageId::new(&head.id, sent_at, head.seq + 1 + i as u64);
        let author = Author::User { id: what.user.clone(), name: what.user_name.clone() };
        Message {
            text: draft.text.clone(),
            body: draft.body.clone(),
            reply_to: what.reply_to.clone().filter(|_| i == 0),
            request: Some(Request { client_id: what.client_id.clone(), part: u16::try_from(i).unwrap_or(u16::MAX) }),
            delivery: Some(Delivery::queued()),
            send_at: what.send_at,
            ..Message::new(id, Direction::Outbound, draft.kind, author, now, now)
        }
    };
    what.parts.iter().enumerate().map(part).collect()
}

fn with_sends(mut head: Head, what: &Submit, messages: &[Message], stuck: Timestamp) -> Head {
    for message in messages {
        head.seq = message.seq();
        head.out.push(message.id.order().to_owned());
        // A reaction shows on the message that it is on, and is in no teammate's way.
        if message.kind != MessageType::Reaction {
            head.last_replies = head.last_replies.with(&what.user, message.seq());
            head = with_newest(head, message);
        }
    }
    head.rev += 1;
    head.status = after_send(head.status);
    with_due(head, stuck)
}

/// What is to go out later has its number now, and shows in no row before its time.
fn with_scheduled(mut head: Head, messages: &[Message]) -> Head {
    for message in messages {
        head.seq = message.seq();
        head.scheduled.push(message.id.order().to_owned());
    }
    head.scheduled.sort();
    head.rev += 1;
    head
}

/// What an answer makes of it: it reopens what was closed or asleep.
pub(crate) fn after_send(status: Status) -> Status {
    match status {
        Status::Resolved | Status::Snoozed => Status::Open,
        Status::Open | Status::Pending => status,
    }
}

/// The head, looked at by `stuck` at the latest, unless it knows itself until when it waits.
pub(crate) fn with_due(mut head: Head, stuck: Timestamp) -> Head {
    if head.wait.is_none_or(|until| until < stuck) {
        head.due = Some(head.due.map_or(stuck, |due| due.min(stuck)));
    }
    head
}

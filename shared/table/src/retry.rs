//! "Send again": an agent's decision about a send that failed, or of which nobody knows.

use domain::conversation::OUT_MAX;
use domain::{DeliveryStatus, Head, Message, MessageId, Timestamp};

use crate::change::Write;
use crate::send::waits_for_part;
use crate::store::{TRIES, Transacted};
use crate::submit::with_due;
use crate::{Error, Result, Tenant};

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time, looked at once")]
pub enum Retried {
    /// It waits for its turn again, and after it the later parts of its request that waited for it.
    Queued(Message),
    NotRetryable(DeliveryStatus),
    NotFound,
    OutFull,
}

impl Tenant<'_> {
    /// A new attempt at the end of the conversation's sends.
    pub async fn retry(&self, id: &MessageId, now: Timestamp) -> Result<Retried> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(message) = self.message(id).await? else { return Ok(Retried::NotFound) };
            let Some(delivery) = &message.delivery else { return Ok(Retried::NotFound) };
            match delivery.status() {
                DeliveryStatus::Failed | DeliveryStatus::Unknown => {}
                status @ (DeliveryStatus::Queued
                | DeliveryStatus::Parked
                | DeliveryStatus::Sent
                | DeliveryStatus::Delivered
                | DeliveryStatus::Read) => return Ok(Retried::NotRetryable(status)),
            }
            let Some(head) = self.head(id.conversation()).await? else { return Ok(Retried::NotFound) };
            let later = self.later_parts(&message).await?;
            if head.waiting() + 1 + later.len() > OUT_MAX {
                return Ok(Retried::OutFull);
            }
            let again = again(&message);
            let mut writes = vec![self.message_write(&message, &again)?];
            let mut order = vec![again.id.order().to_owned()];
            for part in &later {
                writes.push(self.message_write(part, &unparked(part))?);
                order.push(part.id.order().to_owned());
            }
            writes.push(self.queue_again(&head, &order, now)?);
            if self.truth().transact(&writes).await? == Transacted::Done {
                return Ok(Retried::Queued(again));
            }
        }
        Err(Error::Retry("others kept changing the message".to_owned()))
    }

    fn queue_again(&self, head: &Head, order: &[String], now: Timestamp) -> Result<Write> {
        let mut after = head.clone();
        after.out.retain(|o| !order.contains(o));
        after.out.extend_from_slice(order);
        after.wakes += 1;
        self.head_write(head, &with_due(after, self.stuck(now)))
    }

    /// The parts of its request after it that wait for it, in order.
    async fn later_parts(&self, message: &Message) -> Result<Vec<Message>> {
        let (Some(user), Some(request)) = (message.author.user(), &message.request) else { return Ok(Vec::new()) };
        let conversation = message.id.conversation();
        let Some(taken) = self.taken(conversation, user, &request.client_id).await? else { return Ok(Vec::new()) };
        let later: Vec<_> = taken.ms.into_iter().skip(usize::from(request.part) + 1).collect();
        if later.is_empty() {
            return Ok(Vec::new());
        }
        let parts = self.messages_by_id(&later).await?;
        // Up to one that is not waiting: it, or one after it, was decided on its own.
        Ok(parts.into_iter().take_while(waits_for_part).collect())
    }
}

fn again(message: &Message) -> Message {
    let delivery = message.delivery.as_ref().map(domain::Delivery::again);
    Message { delivery, channel_message_id: None, rev: message.rev + 1, ..message.clone() }
}

/// It waits for its turn again.
pub(crate) fn unparked(message: &Message) -> Message {
    let delivery = message.delivery.clone().map(|d| domain::Delivery { parked: None, ..d });
    Message { delivery, rev: message.rev + 1, ..message.clone() }
}

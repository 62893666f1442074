//! The road of a send: the first of `out`, claimed before the channel is called, recorded after.
//!
//! A head's `out`, `wait`, `wakes` and `due` change without its `rev`: nobody sees them, and so a send and a customer's message
//! do not get in each other's way.

use domain::delivery::{Claim, Failed};
use domain::pace::Rate;
use domain::{
    ConversationId, Delivery, DeliveryStatus, Failure, Head, Identity, Message, MessageId, Receipt, Timestamp,
};

use crate::cancel::CANCELLED;
use crate::status::{Told, joined};
use crate::{LedgerKind, Result, Tenant};

/// Why a part waits: an earlier one of its request failed, or nobody knows of it.
pub const PREVIOUS_PART: &str = "previous_part";
const EARLIER_PART: &str = "An earlier part of this message was not sent.";

/// The far future: a wait that only a person ends.
pub const UNTIL_A_PERSON: Timestamp = Timestamp::from_millis(253_402_300_799_000);

impl Tenant<'_> {
    /// The head and the first message of its `out` that is not final, consistently. `None`: nothing may be sent now.
    pub async fn next_send(&self, id: &ConversationId, now: Timestamp) -> Result<Option<(Head, Message)>> {
        match self.head(id).await? {
            Some(head) => self.next_of(self.release_scheduled(head, now).await?, now).await,
            None => Ok(None),
        }
    }

    /// As [`Tenant::next_send`], of a head that a call of this module has just returned: one read less.
    pub async fn next_of(&self, head: Head, now: Timestamp) -> Result<Option<(Head, Message)>> {
        if head.out.is_empty() || head.wait.is_some_and(|until| until > now) {
            return Ok(None);
        }
        let first = self.first(&head).await?;
        match first {
            Some(message) if !leaves(&message) => Ok(Some((head, message))),
            first => {
                let head = self.settle(&head, first, now).await?;
                let first = self.first(&head).await?.filter(|m| !leaves(m));
                Ok(first.map(|message| (head, message)))
            }
        }
    }

    /// Takes the right to call the channel once. `None`: somebody else has it, or the message has moved on.
    pub async fn claim(&self, message: &Message, claim: &Claim) -> Result<Option<Message>> {
        let free = |d: &&Delivery| d.claim.is_none() && d.status() == DeliveryStatus::Queued;
        let Some(delivery) = message.delivery.as_ref().filter(free) else { return Ok(None) };
        let mut claimed = message.clone();
        claimed.delivery = Some(Delivery { claim: Some(claim.clone()), ..delivery.clone() });
        if self.truth().write(&self.message_write(message, &claimed)?).await? {
            return Ok(Some(claimed));
        }
        // Our own write may have been answered into the void, and its repeat refused.
        let now = self.message(&message.id).await?;
        Ok(now.filter(|m| m.delivery.as_ref().is_some_and(|d| d.claim.as_ref() == Some(claim) && !d.is_final())))
    }

    /// The channel took it. `learnt` are names that it told of the contact along with it.
    ///
    /// The pointer comes first: from then on no receipt goes astray, whenever we die. Each write may be repeated.
    pub async fn record_accepted(
        &self,
        head: &Head,
        message: &Message,
        external_id: &str,
        learnt: &[Identity],
        at: Timestamp,
    ) -> Result<Head> {
        let attempt = message.delivery.as_ref().map_or(1, |d| d.attempt);
        let mut told = self.point(&self.external(&head.account, external_id)?, &message.id, attempt).await?;
        told.receipts.push(Told::new(Receipt::Accepted, at));
        let decide = |m: &Message| joined(m, &told, Some(attempt), Some(external_id));
        self.change_message(&message.id, Some(message.clone()), decide).await?;
        self.learn_names(&head.account, &head.contact, learnt, at).await?;
        let rate = Rate::to_one(head.channel).map(|rate| Rate { every: self.tables.scale.of(rate.every), ..rate });
        let answered = |head: &mut Head| {
            head.free_entry = head.free_entry.map(|entry| entry.answered(at));
            head.paid = rate.map(|rate| rate.after(head.paid, at));
        };
        self.without_and(head, &[message.id.order().to_owned()], at, answered).await
    }

    /// The channel will never take it. The later parts of its request are parked.
    pub async fn record_failed(&self, head: &Head, message: &Message, why: &Failure, at: Timestamp) -> Result<Head> {
        let failed = Failed { at, why: why.clone() };
        let end = |d: &Delivery| Delivery { failed: Some(failed.clone()), ..d.clone() };
        self.record(head, message, end, at).await
    }

    /// Nobody can tell whether the channel took it. The later parts of its request are parked.
    pub async fn record_unknown(&self, head: &Head, message: &Message, at: Timestamp) -> Result<Head> {
        let reason = "Nobody knows whether the channel took it.";
        self.note_stuck(LedgerKind::UnknownSend, message, reason, at).await?;
        self.record(head, message, |d| Delivery { unknown: true, ..d.clone() }, at).await
    }

    /// The channel certainly did not take it, for now: the claim is given back and the conversation waits.
    pub async fn release_and_wait(&self, head: &Head, message: &Message, until: Timestamp) -> Result<Head> {
        let release = |d: &Delivery| Delivery { claim: None, waits: d.waits + 1, ..d.clone() };
        self.change_own(message, release, Seen::No).await?;
        self.wait(head, until).await
    }

    /// The conversation's sends wait.
    pub async fn wait(&self, head: &Head, until: Timestamp) -> Result<Head> {
        let wait = |h: &Head| Some(Head { wait: Some(until), due: Some(until), ..h.clone() });
        Ok(self.change_head(&head.id, Some(head.clone()), wait).await?.now().unwrap_or_else(|| head.clone()))
    }

    /// Takes out of `out` what is final or parked for an earlier part, and parks what must wait for it.
    pub async fn drop_final(&self, head: &Head, now: Timestamp) -> Result<Head> {
        let first = self.first(head).await?;
        self.settle(head, first, now).await
    }

    async fn record(
        &self,
        head: &Head,
        message: &Message,
        end: impl Fn(&Delivery) -> Delivery,
        at: Timestamp,
    ) -> Result<Head> {
        let now = self.change_own(message, end, Seen::Yes).await?;
        self.settle(head, now, at).await
    }

    /// Changes a send's delivery while it is still the same attempt and not final: a receipt may have been faster.
    pub(crate) async fn change_own(
        &self,
        message: &Message,
        change: impl Fn(&Delivery) -> Delivery,
        seen: Seen,
    ) -> Result<Option<Message>> {
        let attempt = message.delivery.as_ref().map(|d| (d.attempt, d.claim.clone()));
        let decide = |m: &Message| {
            let current =
                m.delivery.as_ref().filter(|d| Some((d.attempt, d.claim.clone())) == attempt && !d.is_final())?;
            let rev = m.rev + u64::from(seen == Seen::Yes);
            Some(Message { delivery: Some(change(current)), rev, ..m.clone() })
        };
        Ok(self.change_message(&message.id, Some(message.clone()), decide).await?.now())
    }

    async fn first(&self, head: &Head) -> Result<Option<Message>> {
        match head.out.first().map(|order| MessageId::in_conversation(&head.id, order)) {
            Some(Ok(id)) => self.message(&id).await,
            Some(Err(_)) | None => Ok(None),
        }
    }

    /// Goes through `out` from its first, which is `first` where it still exists, and takes out what leaves it.
    async fn settle(&self, head: &Head, mut first: Option<Message>, now: Timestamp) -> Result<Head> {
        let mut left = head.clone();
        let mut gone = Vec::new();
        let mut broken: Option<Message> = None;
        while let Some(order) = left.out.first().cloned() {
            if let Some(message) = first.take() {
                if broken.as_ref().is_some_and(|b| is_later_part(b, &message)) && !message_is_final(&message) {
                    self.note_stuck(LedgerKind::ParkedSend, &message, EARLIER_PART, now).await?;
                    self.change_own(&message, park_for_part, Seen::Yes).await?;
                } else if leaves(&message) {
                    broken = Some(message).filter(is_broken).or(broken);
                } else {
                    break;
                }
            }
            left.out.remove(0);
            gone.push(order);
            first = self.first(&left).await?;
        }
        self.without(head, &gone, now).await
    }

    /// The head without these in `out`.
    pub(crate) async fn without(&self, head: &Head, gone: &[String], now: Timestamp) -> Result<Head> {
        self.without_and(head, gone, now, |_| ()).await
    }

    async fn without_and(
        &self,
        head: &Head,
        gone: &[String],
        now: Timestamp,
        more: impl Fn(&mut Head),
    ) -> Result<Head> {
        let stuck = self.stuck(now);
        let decide = |h: &Head| {
            let mut after = h.clone();
            after.out.retain(|order| !gone.contains(order));
            after.scheduled.retain(|order| !gone.contains(order));
            if after.waiting() == h.waiting() {
                return None;
            }
            after.wait = None;
            after.due = h.due.filter(|due| *due > now).or(Some(stuck)).filter(|_| !after.out.is_empty());
            more(&mut after);
            Some(after)
        };
        Ok(self.change_head(&head.id, Some(head.clone()), decide).await?.now().unwrap_or_else(|| head.clone()))
    }
}

/// Whether a change of a message is one that someone can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Yes,
    No,
}

/// Whether it waits for a decision about an earlier part of its request.
pub(crate) fn waits_for_part(message: &Message) -> bool {
    let parked = |d: &Delivery| d.parked.as_ref().is_some_and(|why| why.code == PREVIOUS_PART);
    message.delivery.as_ref().is_some_and(|d| d.status() == DeliveryStatus::Parked && parked(d))
}

fn message_is_final(message: &Message) -> bool {
    message.delivery.as_ref().is_none_or(Delivery::is_final)
}

/// Whether it has no place in `out` any more.
fn leaves(message: &Message) -> bool {
    message_is_final(message) || waits_for_part(message)
}

/// Whether the later parts of its request must not go out.
fn is_broken(message: &Message) -> bool {
    let status = message.delivery.as_ref().map(Delivery::status);
    let cancelled = message.delivery.as_ref().and_then(Delivery::error).is_some_and(|why| why.code == CANCELLED);
    let broken = matches!(status, Some(DeliveryStatus::Failed | DeliveryStatus::Unknown)) && !cancelled;
    broken || waits_for_part(message)
}

fn is_later_part(of: &Message, message: &Message) -> bool {
    match (&of.request, &message.request) {
        (Some(a), Some(b)) => {
            a.client_id == b.client_id && a.part < b.part && of.author.user() == message.author.user()
        }
        (Some(_) | None, _) => false,
    }
}

fn park_for_part(delivery: &Delivery) -> Delivery {
    let why = Failure { code: PREVIOUS_PART.to_owned(), title: EARLIER_PART.to_owned(), channel_code: None };
    Delivery { parked: Some(why), ..delivery.clone() }
}

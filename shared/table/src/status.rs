//! What became of a send, as its channel tells it: facts that may come in any order.
//!
//! A receipt that finds no pointer is kept as a fact, and then the pointer is read again; who writes a pointer then reads the
//! facts. Both read consistently, so one of the two sees the other, and none is lost.

use domain::{AccountId, Direction, Message, MessageId, Pricing, Receipt, Timestamp, Waiting};

use crate::cas::Cas;
use crate::change::{When, Write};
use crate::item::pointer::{self, Pointer};
use crate::store::{Index, Range, Read, Sk};
use crate::{Result, Tenant, item, key};

#[derive(Clone, Debug, PartialEq)]
pub struct StatusIn {
    /// The channel's id of the send.
    pub external_id: String,
    /// Our message and its attempt, where the channel returned them.
    pub reference: Option<(MessageId, u32)>,
    pub receipt: Receipt,
    pub at: Timestamp,
    pub pricing: Option<Pricing>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusOutcome {
    Applied(MessageId),
    NothingNew,
    /// Kept until its message appears.
    Waiting,
}

/// A receipt with its time, and what it says of the price.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) receipt: Receipt,
    pub(crate) at: Timestamp,
    pub(crate) pricing: Option<Pricing>,
}

impl Told {
    pub(crate) fn new(receipt: Receipt, at: Timestamp) -> Self {
        Self { receipt, at, pricing: None }
    }
}

/// What was told of a message before its name was known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) receipts: Vec<Told>,
    pub(crate) amendments: Waiting,
}

impl Tenant<'_> {
    /// Adds what a channel told of a send. It touches that message alone, never its head.
    pub async fn apply_status(&self, account: &AccountId, status: &StatusIn) -> Result<StatusOutcome> {
        let hash = self.external(account, &status.external_id)?;
        let told = Told { receipt: status.receipt.clone(), at: status.at, pricing: status.pricing.clone() };
        if let Some((id, attempt)) = &status.reference
            && let Some(message) = self.own_send(account, id).await?
        {
            return self.join_referenced(&hash, &status.external_id, message, *attempt, told).await;
        }
        if let Some(known) = self.pointer(&hash).await? {
            return self.join_pointed(&known, told).await;
        }
        self.truth().write(&pointer::keep(&self.id, &hash, &told)?).await?;
        match self.pointer(&hash).await? {
            Some(known) => self.join_pointed(&known, told).await,
            None => Ok(StatusOutcome::Waiting),
        }
    }

    /// A reference comes from outside: it counts only where it names a send of the account that the receipt is for.
    async fn own_send(&self, account: &AccountId, id: &MessageId) -> Result<Option<Message>> {
        match self.message_item(id).await?.filter(|i| item::message::is_of(i, account)) {
            Some(item) => item::message::message(item).map(Some),
            None => Ok(None),
        }
    }

    async fn join_referenced(
        &self,
        hash: &str,
        external_id: &str,
        message: Message,
        attempt: u32,
        told: Told,
    ) -> Result<StatusOutcome> {
        let current = message.delivery.as_ref().is_some_and(|d| d.attempt == attempt);
        let mut all = Facts { receipts: vec![told], ..Facts::default() };
        let mut learnt = None;
        if current && message.channel_message_id.is_none() {
            // The receipt overtook our own record of the call: it teaches us the channel's id.
            let before = self.point(hash, &message.id, attempt).await?;
            all.receipts.extend(before.receipts);
            all.amendments = before.amendments;
            learnt = Some(external_id);
        }
        let id = message.id.clone();
        outcome(self.change_message(&id, Some(message), |m| joined(m, &all, Some(attempt), learnt)).await?)
    }

    async fn join_pointed(&self, known: &Pointer, told: Told) -> Result<StatusOutcome> {
        let all = Facts { receipts: vec![told], ..Facts::default() };
        outcome(self.change_message(&known.m, None, |m| joined(m, &all, known.n, None)).await?)
    }

    pub(crate) async fn pointer(&self, hash: &str) -> Result<Option<Pointer>> {
        let item = self.truth().get(&key::pointer(&self.id, hash), Read::Consistent).await?;
        Ok(item.map(pointer::known).transpose()?.flatten())
    }

    /// Points a channel's id at a send, then reads what was told of it before.
    pub(crate) async fn point(&self, hash: &str, to: &MessageId, attempt: u32) -> Result<Facts> {
        let item = pointer::pointer(&self.id, hash, &Pointer { m: to.clone(), n: Some(attempt) })?;
        let amendments = match self.truth().write(&Write::Put(item.clone(), When::Absent)).await? {
            true => Waiting::default(),
            false => self.take_waiting(hash, item).await?,
        };
        Ok(Facts { receipts: self.receipts(hash).await?, amendments })
    }

    /// The receipts that came before the pointer.
    pub(crate) async fn receipts(&self, hash: &str) -> Result<Vec<Told>> {
        let range = Range {
            index: Index::Table,
            pk: key::pointer(&self.id, hash).pk,
            sk: Sk::Starts(key::FACTS),
            newest_first: false,
            limit: None,
            read: Read::Consistent,
        };
        self.truth().all(&range).await?.into_iter().map(pointer::receipt).collect()
    }
}

fn outcome(cas: Cas<Message>) -> Result<StatusOutcome> {
    Ok(match cas {
        Cas::Changed(message) => StatusOutcome::Applied(message.id),
        Cas::Same(_) | Cas::Gone => StatusOutcome::NothingNew,
    })
}

/// The message with these receipts joined, and the channel's id where that is new; `None` where nothing is.
pub(crate) fn joined(message: &Message, told: &Facts, attempt: Option<u32>, learnt: Option<&str>) -> Option<Message> {
    let before = message.delivery.as_ref().filter(|_| message.direction == Direction::Outbound)?;
    let delivery = told.receipts.iter().fold(before.clone(), |delivery, told| {
        let delivery = delivery.join(&told.receipt, told.at, attempt).unwrap_or(delivery);
        told.pricing.iter().fold(delivery, |delivery, pricing| delivery.priced(pricing, told.at))
    });
    let amended = crate::amend::joined(message, &told.amendments);
    let channel_message_id = message.channel_message_id.clone().or_else(|| learnt.map(str::to_owned));
    let after = Message { delivery: Some(delivery), channel_message_id, ..amended };
    (after != *message).then(|| Message { rev: message.rev + 1, ..after })
}

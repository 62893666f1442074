//! What a channel or a client calls a message, and what was told of it before it came.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::delivery::Failure;
use domain::{MessageId, Pricing, Receipt, TenantId, Timestamp, Waiting};
use serde::{Deserialize, Serialize};

use super::text::Packed;
use super::{Item, encode, n};
use crate::change::{When, Write};
use crate::status::Told;
use crate::{Error, Result, key};

/// A channel's id of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pointer {
    pub(crate) m: MessageId,
    /// The attempt that the channel took under this id; sends only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) n: Option<u32>,
}

/// What lies under a channel's id: a message's pointer, or facts that wait for the message.
#[derive(Serialize, Deserialize)]
struct Place {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    m: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    /// JSON of [`domain::Waiting`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Packed>,
}

/// Facts that wait, and how they are stored: who takes them away does so on the condition that no more have come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    pub(crate) facts: Waiting,
    pub(crate) stored: Option<AttributeValue>,
}

/// The attribute of the facts that wait.
pub(crate) const WAITING: &str = "w";

/// The message that the item points to; `None` where only facts wait there.
pub(crate) fn known(item: Item) -> Result<Option<Pointer>> {
    let place: Place = super::decode(item)?;
    Ok(place.m.map(|m| Pointer { m, n: place.n }))
}

/// The facts that wait there.
pub(crate) fn kept(item: Item) -> Result<Kept> {
    let stored = item.get(WAITING).cloned();
    let place: Place = super::decode(item)?;
    let facts = place.w.map(|w| serde_json::from_str(&w.0)).transpose();
    let facts = facts.map_err(|_| Error::Corrupt("waiting facts that cannot be read".to_owned()))?;
    Ok(Kept { facts: facts.unwrap_or_default(), stored })
}

/// A place where only facts wait.
pub(crate) fn waiting(tenant: &TenantId, hash: &str, facts: &Waiting) -> Result<Item> {
    let json = serde_json::to_string(facts).map_err(|e| Error::Corrupt(e.to_string()))?;
    encode(&key::pointer(tenant, hash), &Place { m: None, n: None, w: Some(Packed(json)) })
}

/// A request that was taken: its idempotency key's pointer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Taken {
    /// Hash of the body.
    pub(crate) b: String,
    /// Its messages, part by part.
    pub(crate) ms: Vec<MessageId>,
}

/// A receipt that came before its message, or at least before its pointer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fact {
    at: i64,
    /// The failure's code, which decides between two of one time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price: Option<Pricing>,
}

pub(crate) fn kind(receipt: &Receipt) -> String {
    match receipt {
        Receipt::Accepted => "sent".to_owned(),
        Receipt::Delivered => "delivered".to_owned(),
        Receipt::Read => "read".to_owned(),
        // Each code on its own, so that the earliest is chosen by the message's join alone.
        Receipt::Failed(why) => format!("failed#{}", why.code),
    }
}

/// Keeps the earliest of its kind.
pub(crate) fn keep(tenant: &TenantId, hash: &str, told: &Told) -> Result<Write> {
    let Told { receipt, at, pricing } = told;
    let why = match receipt {
        Receipt::Failed(why) => Some(why.clone()),
        Receipt::Accepted | Receipt::Delivered | Receipt::Read => None,
    };
    let fact = Fact { at: at.millis(), code: why.as_ref().map(|w| w.code.clone()), why, price: pricing.clone() };
    let item = encode(&key::fact(tenant, hash, &kind(receipt)), &fact)?;
    Ok(Write::Put(item, When::AbsentOrAbove("at", n(at.millis()))))
}

pub(crate) fn receipt(item: Item) -> Result<Told> {
    let at = super::key_of(&item)?;
    let fact: Fact = super::decode(item)?;
    let receipt = match (at.sk.strip_prefix(key::FACTS), fact.why) {
        (Some("sent"), _) => Receipt::Accepted,
        (Some("delivered"), _) => Receipt::Delivered,
        (Some("read"), _) => Receipt::Read,
        (Some(_), Some(why)) => Receipt::Failed(why),
        (Some(_) | None, _) => return Err(Error::Corrupt("a fact of no known kind".to_owned())),
    };
    Ok(Told { receipt, at: Timestamp::from_millis(fact.at), pricing: fact.price })
}

pub(crate) fn pointer(tenant: &TenantId, hash: &str, pointer: &Pointer) -> Result<Item> {
    encode(&key::pointer(tenant, hash), pointer)
}

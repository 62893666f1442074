//! What a channel or a client calls a message, and what was told of it before it came.

use domain::delivery::Failure;
use domain::{MessageId, Receipt, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Item, encode, n};
use crate::change::{When, Write};
use crate::{Error, Result, key};

/// A channel's id of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pointer {
    pub(crate) m: MessageId,
    /// The attempt that the channel took under this id; sends only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) n: Option<u32>,
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
pub(crate) fn keep(tenant: &TenantId, hash: &str, receipt: &Receipt, at: Timestamp) -> Result<Write> {
    let why = match receipt {
        Receipt::Failed(why) => Some(why.clone()),
        Receipt::Accepted | Receipt::Delivered | Receipt::Read => None,
    };
    let fact = Fact { at: at.millis(), code: why.as_ref().map(|w| w.code.clone()), why };
    let item = encode(&key::fact(tenant, hash, &kind(receipt)), &fact)?;
    Ok(Write::Put(item, When::AbsentOrAbove("at", n(at.millis()))))
}

pub(crate) fn receipt(item: Item) -> Result<(Receipt, Timestamp)> {
    let at = super::key_of(&item)?;
    let fact: Fact = super::decode(item)?;
    let receipt = match (at.sk.strip_prefix(key::FACTS), fact.why) {
        (Some("sent"), _) => Receipt::Accepted,
        (Some("delivered"), _) => Receipt::Delivered,
        (Some("read"), _) => Receipt::Read,
        (Some(_), Some(why)) => Receipt::Failed(why),
        (Some(_) | None, _) => return Err(Error::Corrupt("a fact of no known kind".to_owned())),
    };
    Ok((receipt, Timestamp::from_millis(fact.at)))
}

pub(crate) fn pointer(tenant: &TenantId, hash: &str, pointer: &Pointer) -> Result<Item> {
    encode(&key::pointer(tenant, hash), pointer)
}

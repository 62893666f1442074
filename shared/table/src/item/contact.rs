//! A contact, and the aliases that lead to it.

use domain::{Contact, ContactId, Identity, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Item, decode, encode, key_of, tail};
use crate::{Result, key};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) contact: Contact,
    /// The channel time of the message that told the name: an older one does not change it.
    pub(crate) named_at: Timestamp,
    pub(crate) rev: u64,
}

#[derive(Serialize, Deserialize)]
struct ContactItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    ids: Vec<Identity>,
    #[serde(default)]
    na: i64,
    rev: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alias {
    /// The contact.
    pub(crate) c: ContactId,
    /// A hash of all that was told with this name the last time: while it is told again, there is nothing to learn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen: Option<String>,
}

pub(crate) fn item(tenant: &TenantId, stored: &Stored) -> Result<Item> {
    let contact = &stored.contact;
    encode(
        &key::contact(tenant, &contact.id),
        &ContactItem {
            name: contact.name.clone(),
            avatar: contact.avatar_url.clone(),
            ids: contact.identities.clone(),
            na: stored.named_at.millis(),
            rev: stored.rev,
        },
    )
}

pub(crate) fn stored(item: Item) -> Result<Stored> {
    let id = tail(&key_of(&item)?.pk)?;
    let c: ContactItem = decode(item)?;
    let contact = Contact { id, name: c.name, avatar_url: c.avatar, identities: c.ids };
    Ok(Stored { contact, named_at: Timestamp::from_millis(c.na), rev: c.rev })
}

pub(crate) fn alias(tenant: &TenantId, hash: &str, alias: &Alias) -> Result<Item> {
    encode(&key::alias(tenant, hash), alias)
}

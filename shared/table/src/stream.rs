//! What the truth table's stream tells of a change.

use domain::{AccountId, ConversationId, Head, Message, TenantId};

use crate::item::{self, Item};
use crate::{Result, key};

/// An item that changed, in our words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub tenant: TenantId,
    pub what: Changed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// `rev_before` is `None` when it is new. Where it equals the head's, nothing that anyone sees has changed. `wake`: a send
    /// was added, or someone woke those that wait.
    Head {
        head: Box<Head>,
        rev_before: Option<u64>,
        wake: bool,
    },
    Message {
        conversation: ConversationId,
        message: Box<Message>,
        rev_before: Option<u64>,
    },
    Account(AccountId),
}

/// What a record of the stream says, from its images; `None` for what no reader looks at, and for what was deleted.
pub fn change(old: Option<&serde_dynamo::Item>, new: Option<&serde_dynamo::Item>) -> Result<Option<Change>> {
    let Some(new) = new.map(sdk) else { return Ok(None) };
    let old = old.map(sdk);
    let at = item::key_of(&new)?;
    let mut parts = at.pk.split('#').skip(1);
    let (Some(tenant), Some(kind)) = (tenant_of(&at.pk), parts.next()) else { return Ok(None) };
    let what = match (kind, at.sk.as_str()) {
        ("C", key::HEAD) => head_change(old, new)?,
        ("C", sk) if sk.starts_with(key::MESSAGES) => {
            let rev_before = old.map(item::message::message).transpose()?.map(|m| m.rev);
            let message = item::message::message(new)?;
            Changed::Message { conversation: message.id.conversation().clone(), message: Box::new(message), rev_before }
        }
        ("K", id) if parts.next() == Some("account") => match id.parse() {
            Ok(id) => Changed::Account(id),
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Change { tenant, what }))
}

/// Whose item is under this partition key; `None` for the install's own.
pub fn tenant_of(pk: &str) -> Option<TenantId> {
    pk.split('#').next()?.parse().ok()
}

fn head_change(old: Option<Item>, new: Item) -> Result<Changed> {
    let old = old.map(item::head::head).transpose()?;
    let head = item::head::head(new)?;
    let had = |order: &String| old.as_ref().is_some_and(|o| o.out.contains(order));
    let added = head.out.iter().any(|order| !had(order));
    let woken = old.as_ref().is_some_and(|o| o.wakes != head.wakes);
    let rev_before = old.map(|o| o.rev);
    Ok(Changed::Head { head: Box::new(head), rev_before, wake: added || woken })
}

fn sdk(image: &serde_dynamo::Item) -> Item {
    image.clone().into()
}

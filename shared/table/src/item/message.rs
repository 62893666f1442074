//! A message as an item: short names, since a write is billed by the KB.

use domain::message::{Author, Raw, ReplyTo, Request};
use domain::{AccountId, ConversationId, Delivery, Direction, Message, MessageId, MessageType, TenantId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::text::Packed;
use super::{Item, decode, encode, key_of, tail};
use crate::change::{Change, When};
use crate::{Error, Result, key};

#[derive(Serialize, Deserialize)]
struct MessageItem {
    d: Direction,
    k: MessageType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    /// What it says beyond its text: JSON of [`domain::Body`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<Packed>,
    /// How many of its files are still to be fetched: what the stream's filter looks at. None is no attribute.
    #[serde(default, skip_serializing_if = "is_zero")]
    fp: usize,
    a: Author,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    xid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    re: Option<ReplyTo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rq: Option<Request>,
    /// Delivery: the facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    f: Option<Delivery>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<Packed>,
    /// The raw body's key in the bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rawk: Option<String>,
    /// JSON of its reactions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ra: Option<Packed>,
    /// When it was edited, and taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ed: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    del: Option<i64>,
    /// It makes nothing unread.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    q: bool,
    /// It was written for later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sch: bool,
    rcv: i64,
    cr: i64,
    rev: u64,
}

/// Under which account a send lies: a receipt's reference is believed only for its own account.
const ACCOUNT: &str = "ac";

pub(crate) fn item(tenant: &TenantId, message: &Message) -> Result<Item> {
    let (raw, rawk) = match &message.raw {
        Some(Raw::Inline(text)) => (Some(Packed(text.clone())), None),
        Some(Raw::Stored(at)) => (None, Some(at.clone())),
        None => (None, None),
    };
    encode(
        &key::message(tenant, &message.id),
        &MessageItem {
            d: message.direction,
            k: message.kind,
            x: message.text.clone(),
            b: packed(&message.body, message.body.is_empty())?,
            fp: message.body.awaited_files(),
            a: message.author.clone(),
            xid: message.channel_message_id.clone(),
            re: message.reply_to.clone(),
            rq: message.request.clone(),
            f: message.delivery.clone(),
            rt: message.raw_type.clone(),
            raw,
            rawk,
            ra: packed(&message.reactions, message.reactions.is_empty())?,
            ed: message.edited_at.map(Timestamp::millis),
            del: message.deleted_at.map(Timestamp::millis),
            q: message.quiet,
            sch: message.send_at.is_some(),
            rcv: message.received_at.millis(),
            cr: message.created_at.millis(),
            rev: message.rev,
        },
    )
}

/// A send, which says whose account it goes out by.
pub(crate) fn outbound(tenant: &TenantId, message: &Message, account: &AccountId) -> Result<Item> {
    let mut item = item(tenant, message)?;
    item.insert(ACCOUNT.to_owned(), super::s(account.as_str()));
    Ok(item)
}

pub(crate) fn is_of(item: &Item, account: &AccountId) -> bool {
    item.get(ACCOUNT) == Some(&super::s(account.as_str()))
}

/// What makes `new` of `old`, and what must still hold for it: its `rev`, and the claim where that is touched or the send is parked, for
/// what is claimed is another's.
pub(crate) fn change(tenant: &TenantId, old: &Message, new: &Message) -> Result<(Change, When)> {
    let before = item(tenant, old)?;
    let change = Change::between(&before, &item(tenant, new)?);
    let claim = match before.get("f") {
        Some(aws_sdk_dynamodb::types::AttributeValue::M(facts)) => facts.get("c").cloned(),
        Some(_) | None => None,
    };
    let mut same = vec![("rev", before.get("rev").cloned())];
    if change.touches("f.c") || change.touches("f.p") {
        same.push(("f.c", claim));
    }
    Ok((change, When::Is(same)))
}

pub(crate) fn message(item: Item) -> Result<Message> {
    let at = key_of(&item)?;
    let conversation: ConversationId = tail(&at.pk)?;
    let order = at.sk.strip_prefix(key::MESSAGES).unwrap_or_default();
    let id = MessageId::in_conversation(&conversation, order);
    let id = id.map_err(|_| Error::Corrupt("a message whose key cannot be read".to_owned()))?;
    let m: MessageItem = decode(item)?;
    Ok(Message {
        sent_at: id.sent_at(),
        send_at: m.sch.then(|| id.sent_at()),
        id,
        direction: m.d,
        kind: m.k,
        text: m.x,
        body: unpacked(m.b)?,
        author: m.a,
        channel_message_id: m.xid,
        reply_to: m.re,
        request: m.rq,
        delivery: m.f,
        raw_type: m.rt,
        raw: m.raw.map(|p| Raw::Inline(p.0)).or(m.rawk.map(Raw::Stored)),
        reactions: unpacked(m.ra)?,
        edited_at: m.ed.map(Timestamp::from_millis),
        deleted_at: m.del.map(Timestamp::from_millis),
        quiet: m.q,
        received_at: Timestamp::from_millis(m.rcv),
        created_at: Timestamp::from_millis(m.cr),
        rev: m.rev,
    })
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

fn packed<T: Serialize>(value: &T, empty: bool) -> Result<Option<Packed>> {
    let json = (!empty).then(|| serde_json::to_string(value)).transpose();
    Ok(json.map_err(|e| Error::Corrupt(e.to_string()))?.map(Packed))
}

fn unpacked<T: DeserializeOwned + Default>(json: Option<Packed>) -> Result<T> {
    let Some(Packed(json)) = json else { return Ok(T::default()) };
    serde_json::from_str(&json).map_err(|e| Error::Corrupt(format!("a message's content cannot be read: {e}")))
}

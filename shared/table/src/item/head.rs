//! A conversation's head as an item. Long names are those that the indexes project (infra/template.yaml).

use domain::conversation::{LastReplies, Status};
use domain::send_option::FreeEntry;
use domain::{
    AccountId, ChannelType, ContactId, ConversationId, Direction, Head, MessageId, MessageType, Owner, TenantId,
    Timestamp, Window,
};
use serde::{Deserialize, Serialize};

use super::{Item, decode, encode, key_of, tail};
use crate::change::{Change, When};
use crate::{Error, Result, Row, key};

/// What an index projects: a row of the list.
#[derive(Serialize, Deserialize)]
struct RowItem {
    pk: String,
    /// Channel and account: `whatsapp#<id>`.
    acct: String,
    contact: ContactId,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    state: Status,
    owner: String,
    unread: u64,
    last_at: i64,
    preview: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_type: Option<MessageType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_dir: Option<Direction>,
    seq: u64,
    /// Milliseconds until which it is open; -1 is always.
    window: i64,
    version: u64,
    rev: u64,
}

/// What the indexes do not carry.
#[derive(Serialize, Deserialize)]
struct RestItem {
    i_pk: String,
    o_pk: String,
    l_sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d_sk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grp: Option<String>,
    #[serde(default)]
    rd: u64,
    #[serde(default)]
    lr: LastReplies,
    /// The orders of the sends that are not final, joined by commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    out: String,
    /// In the same way those that are scheduled.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sch: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait: Option<i64>,
    #[serde(default)]
    wakes: u64,
    /// When a customer came by an advertisement, and when we first answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fe: Option<(i64, Option<i64>)>,
    /// Until when its sends are paid off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pd: Option<i64>,
    cr: i64,
}

/// What changes without the head's `rev`: each writer compares those that it touches with what it read.
const SENDING: [&str; 8] = ["out", "sch", "wait", "wakes", "d_pk", "d_sk", "fe", "pd"];

pub(crate) fn item(tenant: &TenantId, head: &Head) -> Result<Item> {
    let at = key::head(tenant, &head.id);
    let mut item = encode(&at, &row_item(at.pk.clone(), head))?;
    item.extend(encode(&at, &rest_item(tenant, head))?);
    Ok(item)
}

/// What makes `new` of `old`, and what must still hold for it.
pub(crate) fn change(tenant: &TenantId, old: &Head, new: &Head) -> Result<(Change, When)> {
    let before = item(tenant, old)?;
    let change = Change::between(&before, &item(tenant, new)?);
    let seen = change.set.iter().map(|(p, _)| p).chain(&change.remove).any(|p| !SENDING.contains(&p.as_str()));
    let mut same: Vec<_> =
        SENDING.iter().filter(|a| change.touches(a)).map(|a| (*a, before.get(*a).cloned())).collect();
    if seen {
        same.push(("rev", before.get("rev").cloned()));
    }
    Ok((change, When::Is(same)))
}

pub(crate) fn head(item: Item) -> Result<Head> {
    let id: ConversationId = tail(&key_of(&item)?.pk)?;
    let row = row(item.clone())?;
    let rest: RestItem = decode(item)?;
    let (out, scheduled) = (orders(&id, &rest.out, "out")?, orders(&id, &rest.sch, "sch")?);
    Ok(Head {
        id,
        channel: row.channel,
        account: row.account,
        group: rest.grp,
        contact: row.contact,
        contact_name: row.contact_name,
        avatar_url: row.avatar_url,
        status: row.status,
        owner: row.owner,
        seq: row.seq,
        rev: row.rev,
        version: row.version,
        unread: row.unread,
        read_seq: rest.rd,
        last_at: row.last_at,
        preview: row.preview,
        last_type: row.last_type,
        last_direction: row.last_direction,
        window: row.window,
        free_entry: rest.fe.map(|(came, answered)| FreeEntry {
            came_at: Timestamp::from_millis(came),
            answered_at: answered.map(Timestamp::from_millis),
        }),
        last_replies: rest.lr,
        out,
        scheduled,
        wait: rest.wait.map(Timestamp::from_millis),
        paid: rest.pd.map(Timestamp::from_millis),
        wakes: rest.wakes,
        due: rest.d_sk.as_deref().map(due_of).transpose()?,
        created_at: Timestamp::from_millis(rest.cr),
    })
}

pub(crate) fn row(item: Item) -> Result<Row> {
    let row: RowItem = decode(item)?;
    let (channel, account) = row.acct.split_once('#').ok_or_else(|| bad("acct"))?;
    Ok(Row {
        id: tail(&row.pk)?,
        channel: channel.parse::<ChannelType>().map_err(|_| bad("acct"))?,
        account: account.parse::<AccountId>().map_err(|_| bad("acct"))?,
        contact: row.contact,
        contact_name: row.name,
        avatar_url: row.avatar,
        status: row.state,
        owner: owner_of(&row.owner)?,
        unread: row.unread,
        last_at: Timestamp::from_millis(row.last_at),
        preview: row.preview,
        last_type: row.last_type,
        last_direction: row.last_dir,
        seq: row.seq,
        window: if row.window < 0 { Window::Always } else { Window::Until(Timestamp::from_millis(row.window)) },
        version: row.version,
        rev: row.rev,
    })
}

fn row_item(pk: String, head: &Head) -> RowItem {
    RowItem {
        pk,
        acct: format!("{}#{}", head.channel, head.account),
        contact: head.contact.clone(),
        name: head.contact_name.clone(),
        avatar: head.avatar_url.clone(),
        state: head.status,
        owner: key::owner_text(&head.owner).to_owned(),
        unread: head.unread,
        last_at: head.last_at.millis(),
        preview: head.preview.clone(),
        last_type: head.last_type,
        last_dir: head.last_direction,
        seq: head.seq,
        window: head.window.closes_at().map_or(-1, Timestamp::millis),
        version: head.version,
        rev: head.rev,
    }
}

fn rest_item(tenant: &TenantId, head: &Head) -> RestItem {
    let (shard, due) = (key::shard(&head.id), head.due_at());
    RestItem {
        i_pk: key::inbox(tenant, head.status, shard),
        o_pk: key::owned(tenant, &head.owner, head.status),
        l_sk: key::list_sk(head.last_at, &head.id),
        d_pk: due.map(|at| key::due(at.minute(), shard % key::DUE_SHARDS)),
        d_sk: due.map(|at| key::due_sk(tenant, at, &head.id)),
        grp: head.group.clone(),
        rd: head.read_seq,
        lr: head.last_replies.clone(),
        out: head.out.join(","),
        sch: head.scheduled.join(","),
        wait: head.wait.map(Timestamp::millis),
        wakes: head.wakes,
        pd: head.paid.map(Timestamp::millis),
        fe: head.free_entry.map(|entry| (entry.came_at.millis(), entry.answered_at.map(Timestamp::millis))),
        cr: head.created_at.millis(),
    }
}

/// DUE's sort key tells the time: `T#ms#conversation`.
pub(crate) fn due_of(d_sk: &str) -> Result<Timestamp> {
    let ms = d_sk.split('#').nth(1).ok_or_else(|| bad("d_sk"))?;
    key::ms_of(ms).ok_or_else(|| bad("d_sk"))
}

fn orders(of: &ConversationId, text: &str, attribute: &str) -> Result<Vec<String>> {
    let orders = text.split(',').filter(|order| !order.is_empty());
    let orders = orders.map(|order| MessageId::in_conversation(of, order).map(|m| m.order().to_owned()));
    orders.collect::<std::result::Result<_, _>>().map_err(|_| bad(attribute))
}

fn owner_of(text: &str) -> Result<Owner> {
    match text {
        "-" => Ok(Owner::Nobody),
        id => id.parse().map(Owner::User).map_err(|_| bad("owner")),
    }
}

fn bad(attribute: &str) -> Error {
    Error::Corrupt(format!("a head whose {attribute} cannot be read"))
}

//! What is kept by the month: audit records, quarantine, dead letters, unrouted events.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::change::{When, Write};
use crate::item::text::Packed;
use crate::item::{self, Item};
use crate::store::{Index, Range, Read, Sk};
use crate::{LogId, Page, Result, Tenant, key};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerKind {
    Audit,
    Quarantine,
    DeadLetter,
    Unrouted,
    /// What a channel told of an account: its log.
    ChannelNotice,
    /// Sends of which nobody knows whether they arrived; the record is the message's id.
    UnknownSend,
    /// Sends that wait for a person; the record is the message's id.
    ParkedSend,
    /// Webhooks in the bucket that the queue refuses; the install's alone.
    Spill,
    /// Those of which an operator said that they are not to be replayed; the record is the object's key.
    SpillDropped,
}

impl LedgerKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Quarantine => "quarantine",
            Self::DeadLetter => "dead-letter",
            Self::Unrouted => "unrouted",
            Self::ChannelNotice => "channel-notice",
            Self::UnknownSend => "unknown-send",
            Self::ParkedSend => "parked-send",
            Self::Spill => "spill",
            Self::SpillDropped => "spill-dropped",
        }
    }
}

/// What could not be dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: LogId,
    pub at: Timestamp,
    /// One sentence, without any of the record's content.
    pub reason: String,
    /// The queue or function it comes from.
    pub source: String,
    /// The record as it was, for a replay. At most 350 KB once compressed.
    pub record: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    pub id: LogId,
    /// A user's id, `system`, or `meta`.
    pub actor: String,
    /// `conversation.assign`…
    pub action: String,
    pub target: String,
    pub request_id: String,
    pub at: Timestamp,
    pub details: serde_json::Value,
}

#[derive(Serialize, Deserialize)]
struct EntryItem {
    at: i64,
    why: String,
    src: String,
    rec: Packed,
}

#[derive(Serialize, Deserialize)]
struct AuditItem {
    at: i64,
    who: String,
    act: String,
    on: String,
    req: String,
    /// JSON.
    #[serde(rename = "by")]
    details: String,
}

/// Lists look back this many months, the present one included.
const MONTHS: usize = 13;

impl Tenant<'_> {
    /// Keeps an audit record. The same id again changes nothing.
    pub async fn record_audit(&self, audit: &Audit) -> Result<()> {
        self.truth().write(&self.audit_write(audit)?).await.map(drop)
    }

    /// Takes back the record of what was not done.
    pub(crate) async fn drop_audit(&self, id: &LogId) -> Result<()> {
        self.truth().write(&Write::Delete(self.ledger_key(LedgerKind::Audit, id), When::Always)).await.map(drop)
    }

    fn audit_write(&self, audit: &Audit) -> Result<Write> {
        let item = AuditItem {
            at: audit.at.millis(),
            who: audit.actor.clone(),
            act: audit.action.clone(),
            on: audit.target.clone(),
            req: audit.request_id.clone(),
            details: audit.details.to_string(),
        };
        Ok(Write::Put(item::encode(&self.ledger_key(LedgerKind::Audit, &audit.id), &item)?, When::Absent))
    }

    /// Newest first.
    pub async fn audits(&self, before: Option<&LogId>, limit: usize, now: Timestamp) -> Result<Page<Audit, LogId>> {
        let page = self.ledger(LedgerKind::Audit, before, limit, now).await?;
        let items = page.items.into_iter().map(audit).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Keeps what could not be dealt with. The same id again changes nothing.
    pub async fn put_entry(&self, kind: LedgerKind, entry: &Entry) -> Result<()> {
        let item = EntryItem {
            at: entry.at.millis(),
            why: entry.reason.clone(),
            src: entry.source.clone(),
            rec: Packed(entry.record.clone()),
        };
        let item = item::encode(&self.ledger_key(kind, &entry.id), &item)?;
        self.truth().write(&Write::Put(item, When::Absent)).await.map(drop)
    }

    /// Newest first. Looks back over thirteen months.
    pub async fn entries(
        &self,
        kind: LedgerKind,
        before: Option<&LogId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page<Entry, LogId>> {
        let page = self.ledger(kind, before, limit, now).await?;
        let items = page.items.into_iter().map(entry).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next })
    }

    pub async fn entry(&self, kind: LedgerKind, id: &LogId) -> Result<Option<Entry>> {
        self.truth().get(&self.ledger_key(kind, id), Read::Consistent).await?.map(entry).transpose()
    }

    /// `false` where it was gone already.
    pub async fn discard_entry(&self, kind: LedgerKind, id: &LogId) -> Result<bool> {
        self.truth().write(&Write::Delete(self.ledger_key(kind, id), When::Present)).await
    }

    fn ledger_key(&self, kind: LedgerKind, id: &LogId) -> key::Key {
        key::ledger(&self.id, kind.as_str(), &id.at().month(), id.as_str())
    }

    /// A page of items over as many months as it takes.
    async fn ledger(
        &self,
        kind: LedgerKind,
        before: Option<&LogId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page<Item, LogId>> {
        let limit = limit.clamp(1, crate::read::PAGE_MAX);
        let mut items: Vec<Item> = Vec::new();
        // A writer's clock may be ahead of ours across a month's end.
        let newest = before.map_or(now.plus(std::time::Duration::from_hours(24)), LogId::at);
        for month in months_back(newest) {
            let pk = key::ledger(&self.id, kind.as_str(), &month, "").pk;
            let sk = before.map_or(Sk::Any, |id| Sk::Below(id.as_str()));
            let wanted = Some(limit + 1 - items.len());
            let range =
                Range { index: Index::Table, pk, sk, newest_first: true, limit: wanted, read: Read::Consistent };
            items.extend(self.truth().page(&range).await?.0);
            if items.len() > limit {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(id_of).transpose()?;
        Ok(Page { items, next })
    }
}

/// `2026-11`, `2026-10`…
fn months_back(newest: Timestamp) -> Vec<String> {
    let text = newest.month();
    let (year, month) = text.split_once('-').unwrap_or(("1970", "01"));
    let first: i64 = year.parse::<i64>().unwrap_or(1970) * 12 + month.parse::<i64>().unwrap_or(1) - 1;
    let name = |m: i64| format!("{:04}-{:02}", m.div_euclid(12), m.rem_euclid(12) + 1);
    (0..MONTHS as i64).map(|back| name(first - back)).collect()
}

fn id_of(item: &Item) -> Result<LogId> {
    item::tail(&item::key_of(item)?.sk)
}

fn entry(item: Item) -> Result<Entry> {
    let id = id_of(&item)?;
    let EntryItem { at, why, src, rec } = item::decode(item)?;
    Ok(Entry { id, at: Timestamp::from_millis(at), reason: why, source: src, record: rec.0 })
}

fn audit(item: Item) -> Result<Audit> {
    let id = id_of(&item)?;
    let a: AuditItem = item::decode(item)?;
    Ok(Audit {
        id,
        actor: a.who,
        action: a.act,
        target: a.on,
        request_id: a.req,
        at: Timestamp::from_millis(a.at),
        details: serde_json::from_str(&a.details).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_months_before_january_are_last_years() {
        let months = months_back("2026-02-03T00:00:00.000Z".parse().unwrap());
        assert_eq!(months[..3], ["2026-02", "2026-01", "2025-12"]);
        assert_eq!((months.len(), months[12].as_str()), (13, "2025-02"));
    }
}

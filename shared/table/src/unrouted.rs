//! Events of an account that nobody has connected (yet).

use domain::{ChannelType, TenantCtx, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::change::{When, Write};
use crate::item::text::Packed;
use crate::item::{self, Item};
use crate::ledger::{Entry, LedgerKind};
use crate::store::{Index, Range, Read, Sk};
use crate::{Error, Global, LogId, Page, Result, Tenant, key};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unrouted {
    pub id: LogId,
    pub at: Timestamp,
    pub channel: ChannelType,
    /// The channel's id of the account, as the event told it.
    pub external: String,
    /// The tenant whose own app signed it; `None` for the install's.
    pub signer: Option<TenantId>,
    /// The queue's record as it was. At most 350 KB once compressed.
    pub record: String,
}

/// The tenant under which an operator of the install finds all of them. It is nobody's.
pub const INSTALL: &str = "0000000000000000";

#[derive(Serialize, Deserialize)]
struct UnroutedItem {
    at: i64,
    ch: ChannelType,
    ext: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signer: Option<TenantId>,
    rec: Packed,
}

impl Global<'_> {
    /// Keeps it for the account's connect, and for the lists of the install and of the signing tenant.
    pub async fn put_unrouted(&self, event: &Unrouted) -> Result<()> {
        let item = UnroutedItem {
            at: event.at.millis(),
            ch: event.channel,
            ext: event.external.clone(),
            signer: event.signer.clone(),
            rec: Packed(event.record.clone()),
        };
        let item = item::encode(&unrouted_key(event), &item)?;
        self.truth().write(&Write::Put(item, When::Absent)).await?;
        let entry = Entry {
            id: event.id.clone(),
            at: event.at,
            reason: "No connected account has this id.".to_owned(),
            source: format!("{}#{}", event.channel, event.external),
            record: event.record.clone(),
        };
        for list in self.lists(event.signer.as_ref()) {
            list.put_entry(LedgerKind::Unrouted, &entry).await?;
        }
        Ok(())
    }

    /// What waits for this account, oldest first.
    pub async fn unrouted_of(&self, channel: ChannelType, external: &str) -> Result<Vec<Unrouted>> {
        let range = Range {
            index: Index::Table,
            pk: key::route(channel, external).pk,
            sk: Sk::Starts(key::UNROUTED),
            newest_first: false,
            limit: None,
            read: Read::Consistent,
        };
        self.truth().all(&range).await?.into_iter().map(unrouted).collect()
    }

    /// From everywhere. Safe to repeat.
    pub async fn delete_unrouted(&self, event: &Unrouted) -> Result<()> {
        for list in self.lists(event.signer.as_ref()) {
            list.discard_entry(LedgerKind::Unrouted, &event.id).await?;
        }
        self.truth().write(&Write::Delete(unrouted_key(event), When::Always)).await.map(drop)
    }

    /// The newest that wait, of the whole install or of one signing tenant.
    pub async fn unrouted_signed_by(
        &self,
        signer: Option<&TenantId>,
        before: Option<&LogId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page<Unrouted, LogId>> {
        let page = self.list(signer).entries(LedgerKind::Unrouted, before, limit, now).await?;
        let items = page.items.into_iter().map(|e| listed(e, signer)).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next })
    }

    /// As it was kept, found in the install's list or in a signing tenant's.
    pub async fn unrouted(&self, signer: Option<&TenantId>, id: &LogId) -> Result<Option<Unrouted>> {
        let Some(entry) = self.list(signer).entry(LedgerKind::Unrouted, id).await? else { return Ok(None) };
        let named = listed(entry, signer)?;
        // The list of the install does not tell who signed: the event itself does.
        let whole = self.truth().get(&unrouted_key(&named), Read::Consistent).await?;
        whole.map(unrouted).transpose().map(|found| found.or(Some(named)))
    }

    fn list(&self, signer: Option<&TenantId>) -> Tenant<'_> {
        match signer {
            Some(tenant) => self.tables.tenant(&TenantCtx::of_record(tenant.clone())),
            None => self.tables.install(),
        }
    }

    fn lists(&self, signer: Option<&TenantId>) -> Vec<Tenant<'_>> {
        let own = signer.map(|_| self.list(signer));
        [self.list(None)].into_iter().chain(own).collect()
    }
}

fn unrouted_key(event: &Unrouted) -> key::Key {
    key::unrouted(event.channel, &event.external, event.id.as_str())
}

fn unrouted(item: Item) -> Result<Unrouted> {
    let id = item::tail(&item::key_of(&item)?.sk)?;
    let u: UnroutedItem = item::decode(item)?;
    let at = Timestamp::from_millis(u.at);
    Ok(Unrouted { id, at, channel: u.ch, external: u.ext, signer: u.signer, record: u.rec.0 })
}

fn listed(entry: Entry, signer: Option<&TenantId>) -> Result<Unrouted> {
    let bad = || Error::Corrupt("an unrouted event without its account".to_owned());
    let (channel, external) = entry.source.split_once('#').ok_or_else(bad)?;
    Ok(Unrouted {
        channel: channel.parse().map_err(|_| bad())?,
        external: external.to_owned(),
        id: entry.id,
        at: entry.at,
        signer: signer.cloned(),
        record: entry.record,
    })
}

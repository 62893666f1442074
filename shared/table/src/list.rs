//! The inbox: rows by state or by owner, newest first.

use domain::{
    AccountId, ChannelType, ContactId, ConversationId, Direction, Head, MessageType, Owner, Status, TenantId,
    Timestamp, Window,
};

use futures_util::future::try_join_all;

use crate::read::PAGE_MAX;
use crate::store::{Index, Range, Read, Sk};
use crate::{Page, Result, Tenant, item, key};

/// Which conversations a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Any of these; empty means every status.
    pub statuses: Vec<Status>,
    pub owner: Option<Owner>,
    pub channel: Option<ChannelType>,
}

/// What a row of the list shows of a head: the attributes that the indexes project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: ConversationId,
    pub channel: ChannelType,
    pub account: AccountId,
    pub contact: ContactId,
    pub contact_name: String,
    pub avatar_url: Option<String>,
    pub status: Status,
    pub owner: Owner,
    pub unread: u64,
    pub last_at: Timestamp,
    pub preview: String,
    pub last_type: Option<MessageType>,
    pub last_direction: Option<Direction>,
    pub seq: u64,
    pub window: Window,
    pub version: u64,
    pub rev: u64,
}

impl From<&Head> for Row {
    fn from(head: &Head) -> Self {
        Self {
            id: head.id.clone(),
            channel: head.channel,
            account: head.account.clone(),
            contact: head.contact.clone(),
            contact_name: head.contact_name.clone(),
            avatar_url: head.avatar_url.clone(),
            status: head.status,
            owner: head.owner.clone(),
            unread: head.unread,
            last_at: head.last_at,
            preview: head.preview.clone(),
            last_type: head.last_type,
            last_direction: head.last_direction,
            seq: head.seq,
            window: head.window,
            version: head.version,
            rev: head.rev,
        }
    }
}

impl ListFilter {
    /// The partitions that together hold what the filter asks for.
    fn sources(&self, tenant: &TenantId) -> Vec<(Index, String)> {
        let statuses = if self.statuses.is_empty() { Status::ALL.to_vec() } else { self.statuses.clone() };
        let of = |status: Status| match &self.owner {
            Some(owner) => vec![(Index::Owner, key::owned(tenant, owner, status))],
            None => (0..key::INBOX_SHARDS).map(|shard| (Index::Inbox, key::inbox(tenant, status, shard))).collect(),
        };
        statuses.into_iter().flat_map(of).collect()
    }
}

/// At most this many rows are read for a page with a filter that no index knows.
const FILTERED: usize = 500;

impl Tenant<'_> {
    /// A page of the inbox, by `last_at` and id descending, from an index that may be seconds old. At most 100 rows; with a
    /// channel it reads at most 500 and may return a short page with a cursor.
    pub async fn conversations(
        &self,
        filter: &ListFilter,
        before: Option<&(Timestamp, ConversationId)>,
        limit: usize,
    ) -> Result<Page<Row, (Timestamp, ConversationId)>> {
        let limit = limit.clamp(1, PAGE_MAX);
        let sources = filter.sources(&self.id);
        let each = if filter.channel.is_some() { (FILTERED / sources.len()).max(limit + 1) } else { limit + 1 };
        let before = before.map(|(at, id)| key::list_sk(*at, id));
        let mut rows = Vec::new();
        // Below the horizon some source has not been read: rows there may still have others between them.
        let mut horizon: Option<(Timestamp, ConversationId)> = None;
        let pages = sources.into_iter().map(|source| self.rows_of(source, before.as_deref(), each));
        for (read, more) in try_join_all(pages).await? {
            horizon = horizon.max(read.last().filter(|_| more).map(place));
            rows.extend(read);
        }
        rows.retain(|row| horizon.as_ref().is_none_or(|h| place(row) >= *h));
        rows.retain(|row| filter.channel.is_none_or(|c| c == row.channel));
        rows.sort_by_key(|row| std::cmp::Reverse(place(row)));
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(place) } else { horizon };
        Ok(Page { items: rows, next })
    }
}

impl Tenant<'_> {
    /// The first rows of one partition, and whether there may be more.
    async fn rows_of(
        &self,
        (index, pk): (Index, String),
        before: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Row>, bool)> {
        let sk = before.map_or(Sk::Any, Sk::Below);
        let range = Range { index, pk, sk, newest_first: true, limit: Some(limit), read: Read::Eventual };
        let (items, more) = self.truth().page(&range).await?;
        Ok((items.into_iter().map(item::head::row).collect::<Result<_>>()?, more))
    }
}

/// Where a row stands in the list.
fn place(row: &Row) -> (Timestamp, ConversationId) {
    (row.last_at, row.id.clone())
}

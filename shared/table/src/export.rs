//! Every message of a tenant, by conversation and number: the ground truth for counting.

use domain::{ConversationId, Message};

use crate::store::{Index, Range, Read, Sk};
use crate::{Page, Result, Tenant, item, key};

/// After this message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportCursor {
    pub conversation: ConversationId,
    pub seq: u64,
}

/// At most this many messages a page.
pub const EXPORT_MAX: usize = 1_000;

/// Conversations listed at a time.
const LISTED: usize = 100;

impl Tenant<'_> {
    /// At most 1,000 messages. It reads a conversation whole, so it is for exports and counts, not for screens.
    pub async fn export(&self, after: Option<&ExportCursor>, limit: usize) -> Result<Page<Message, ExportCursor>> {
        let limit = limit.clamp(1, EXPORT_MAX);
        let mut items: Vec<Message> = Vec::new();
        if let Some(after) = after {
            items.extend(self.numbered(&after.conversation).await?.into_iter().filter(|m| m.seq() > after.seq));
        }
        let mut last = after.map(|a| a.conversation.clone());
        while items.len() <= limit {
            let Some(next) = self.conversation_after(last.as_ref()).await? else { break };
            items.extend(self.numbered(&next).await?);
            last = Some(next);
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let cursor = |m: &Message| ExportCursor { conversation: m.id.conversation().clone(), seq: m.seq() };
        let next = items.last().filter(|_| more).map(cursor);
        Ok(Page { items, next })
    }

    /// A conversation's messages by number.
    async fn numbered(&self, id: &ConversationId) -> Result<Vec<Message>> {
        let range = Range {
            index: Index::Table,
            pk: key::head(&self.id, id).pk,
            sk: Sk::Starts(key::MESSAGES),
            newest_first: false,
            limit: None,
            read: Read::Consistent,
        };
        let all = self.truth().all(&range).await?;
        let mut all = all.into_iter().map(item::message::message).collect::<Result<Vec<_>>>()?;
        all.sort_by_key(Message::seq);
        Ok(all)
    }

    /// The shards follow the ids' order.
    async fn conversation_after(&self, last: Option<&ConversationId>) -> Result<Option<ConversationId>> {
        Ok(self.conversation_ids(last, 1).await?.into_iter().next())
    }

    /// Conversations in the order of their ids, after this one; at most `limit`.
    pub async fn conversation_ids(&self, after: Option<&ConversationId>, limit: usize) -> Result<Vec<ConversationId>> {
        let limit = limit.clamp(1, LISTED);
        let start = after.map(|id| key::export(&self.id, id));
        let mut ids = Vec::new();
        for shard in 0..16 {
            let pk = key::export_shard(&self.id, shard);
            if start.as_ref().is_some_and(|s| s.pk > pk) || ids.len() >= limit {
                continue;
            }
            let sk = start.as_ref().filter(|s| s.pk == pk).map_or(Sk::Any, |s| Sk::Above(&s.sk));
            let wanted = Some(limit - ids.len());
            let range =
                Range { index: Index::Table, pk, sk, newest_first: false, limit: wanted, read: Read::Consistent };
            for found in self.truth().page(&range).await?.0 {
                ids.push(item::tail(&item::key_of(&found)?.sk)?);
            }
        }
        Ok(ids)
    }
}

//! Heads, messages and contacts, read by their keys.

use domain::{Contact, ContactId, ConversationId, Head, Message, MessageId};

use crate::store::{Index, Range, Read, Sk};
use crate::{Result, Tenant, item, key};

/// One page of a list, and where the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C> {
    pub items: Vec<T>,
    /// `None` on the last page. A page may be short, even empty, and still have a next.
    pub next: Option<C>,
}

/// At most this many rows or messages a page.
pub const PAGE_MAX: usize = 100;

impl Tenant<'_> {
    /// A conversation's head, by a consistent read.
    pub async fn head(&self, id: &ConversationId) -> Result<Option<Head>> {
        self.truth().get(&key::head(&self.id, id), Read::Consistent).await?.map(item::head::head).transpose()
    }

    /// A conversation's head as the nearest copy has it: half the price, up to a second old.
    pub async fn head_eventual(&self, id: &ConversationId) -> Result<Option<Head>> {
        self.truth().get(&key::head(&self.id, id), Read::Eventual).await?.map(item::head::head).transpose()
    }

    /// By a consistent read.
    pub async fn message(&self, id: &MessageId) -> Result<Option<Message>> {
        self.message_item(id).await?.map(item::message::message).transpose()
    }

    /// Those that exist, in the order asked for. At most 100.
    pub async fn messages_by_id(&self, ids: &[MessageId]) -> Result<Vec<Message>> {
        let keys: Vec<_> = ids.iter().map(|id| key::message(&self.id, id)).collect();
        let items = self.truth().get_all(&keys, Read::Consistent).await?;
        let mut all = items.into_iter().map(item::message::message).collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|m| ids.iter().position(|id| *id == m.id));
        Ok(all)
    }

    /// A thread, newest first by (`sent_at`, `seq`). `before` is a [`MessageId::order`]; at most 100.
    pub async fn messages(
        &self,
        of: &ConversationId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Page<Message, String>> {
        let limit = limit.clamp(1, PAGE_MAX);
        let before = before.map(key::message_sk);
        let sk = match &before {
            // What sorts before `M#` and the order is a message, or nothing.
            Some(order) => Sk::Between(key::MESSAGES, order),
            None => Sk::Starts(key::MESSAGES),
        };
        // One more tells whether there is a next page; `Between` includes its end.
        let wanted = limit + 1 + usize::from(before.is_some());
        let pk = key::head(&self.id, of).pk;
        let range =
            Range { index: Index::Table, pk, sk, newest_first: true, limit: Some(wanted), read: Read::Consistent };
        let (items, more) = self.truth().page(&range).await?;
        let items = items.into_iter().map(item::message::message).collect::<Result<Vec<_>>>()?;
        let mut items: Vec<_> =
            items.into_iter().filter(|m| before.as_ref().is_none_or(|b| key::message_sk(m.id.order()) != *b)).collect();
        let more = more || items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|m| m.id.order().to_owned());
        Ok(Page { items, next })
    }

    pub async fn contact(&self, id: &ContactId) -> Result<Option<Contact>> {
        let item = self.truth().get(&key::contact(&self.id, id), Read::Eventual).await?;
        Ok(item.map(item::contact::stored).transpose()?.map(|stored| stored.contact))
    }
}

//! What a signal to a customer needs: the message that it is about, and how lately the last one was.

use std::time::Duration;

use domain::{ConversationId, Direction, Message, Timestamp};

use crate::change::{When, Write};
use crate::item::{self, n};
use crate::{Result, Tenant, key};

/// Messages that are read at a time: the one that is looked for is among the newest.
const PAGE: usize = 10;

/// Pages that are read at most.
const PAGES: usize = 5;

impl Tenant<'_> {
    /// The newest message that the customer wrote and that the channel knows by an id, up to this `seq`, among the newest fifty.
    pub async fn newest_received(&self, of: &ConversationId, up_to: Option<u64>) -> Result<Option<Message>> {
        let mut before: Option<String> = None;
        for _ in 0..PAGES {
            let page = self.messages(of, before.as_deref(), PAGE).await?;
            let found = page.items.into_iter().find(|m| is_received(m) && up_to.is_none_or(|seq| m.seq() <= seq));
            if found.is_some() || page.next.is_none() {
                return Ok(found);
            }
            before = page.next;
        }
        Ok(None)
    }

    /// Takes the right to show the customer that someone types. `false`: it was taken less than `every` ago.
    pub async fn may_show_typing(&self, to: &ConversationId, now: Timestamp, every: Duration) -> Result<bool> {
        let mut item = key_only(&key::typing(&self.id, to));
        item.insert("at".to_owned(), n(now.millis()));
        item.insert("ttl".to_owned(), n(now.plus(every).seconds() + 1));
        let lately = now.millis().saturating_sub(i64::try_from(every.as_millis()).unwrap_or(i64::MAX));
        self.live().write(&Write::Put(item, When::AbsentOrBelow("at", n(lately)))).await
    }
}

/// What the channel itself says and what is from its history cannot be marked.
fn is_received(message: &Message) -> bool {
    message.direction == Direction::Inbound && !message.quiet && message.channel_message_id.is_some()
}

fn key_only(at: &key::Key) -> item::Item {
    [("pk".to_owned(), item::s(&at.pk)), ("sk".to_owned(), item::s(&at.sk))].into()
}

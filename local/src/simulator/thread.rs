//! What is on a customer's phone: chats with businesses, and how far each message came.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::files::Attached;

/// One customer's chat with one number of a business.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ThreadKey {
    pub phone_number_id: String,
    /// The customer's number, digits only.
    pub from: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Thread {
    pub(super) name: String,
    pub(super) messages: BTreeMap<u64, Message>,
    /// Until when the business is shown to be typing, in ms since 1970.
    pub(super) typing_until: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    Customer,
    Business,
}

/// How far a message came. Receipts overtake each other, so it only ever moves forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tick {
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its place among everything that the simulator was told.
    pub seq: u64,
    pub id: String,
    pub author: Author,
    /// WhatsApp's word for its type.
    #[serde(default = "text")]
    pub kind: String,
    /// What the phone shows of it.
    pub text: String,
    /// In ms since 1970.
    pub at: u64,
    pub reply_to: Option<String>,
    /// `biz_opaque_callback_data`, given back with each status.
    pub reference: Option<String>,
    /// The business's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    pub tick: Tick,
    /// What came with it; then `text` is its caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Attached>,
    /// A place, cards, what can be pressed, or what was: as the channel writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Value>,
    /// Why it failed, as WhatsApp numbers it.
    pub error: Option<u32>,
}

/// A message that is seen only on another one.
pub(super) const REACTION: &str = "reaction";

fn text() -> String {
    "text".to_owned()
}

/// How long after a customer's last message a business may answer freely.
/// [Window](https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages#customer-service-windows).
const WINDOW_MS: u64 = 24 * 60 * 60 * 1_000;

impl Thread {
    pub(super) fn window_is_open(&self, now_ms: u64) -> bool {
        let of_customer = self.messages.values().rev().find(|message| message.author == Author::Customer);
        of_customer.is_some_and(|last| now_ms < last.at + WINDOW_MS)
    }

    pub(super) fn find(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.values_mut().rev().find(|message| message.id == id)
    }

    /// What the customer has not seen.
    pub(super) fn unread(&self) -> usize {
        let unseen = |message: &&Message| {
            message.author == Author::Business && message.tick < Tick::Read && message.kind != REACTION
        };
        self.messages.values().filter(unseen).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_may_answer_for_a_day_after_the_customers_last_word() {
        let said = |seq, author, at| {
            let (id, text) = (format!("wamid.{seq}"), "hi".to_owned());
            let kind = "text".to_owned();
            let (reply_to, reference, reaction, file, object, error) = (None, None, None, None, None, None);
            let tick = Tick::Sent;
            let message =
                Message { seq, id, author, kind, text, at, reply_to, reference, reaction, tick, file, object, error };
            (seq, message)
        };
        let messages = [said(1, Author::Customer, 1_000), said(2, Author::Business, 50_000)];
        let thread = Thread { messages: messages.into(), ..Thread::default() };
        let open = [0, WINDOW_MS + 999, WINDOW_MS + 1_000].map(|now| thread.window_is_open(now));
        assert_eq!((open, thread.unread(), Thread::default().window_is_open(0)), ([true, true, false], 1, false));
    }
}

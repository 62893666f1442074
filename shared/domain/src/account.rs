//! A channel account: the number, page or bot that customers write to.

use serde::{Deserialize, Serialize};

use crate::{AccountId, ChannelType, Timestamp};

/// Whether an account can send. Inbound never depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    Active,
    /// The channel refused its token: sends are parked until someone reconnects it.
    NeedsReauth,
    Disconnected,
}

/// What a number that stays on its phone has from before it was connected here. The channel gives each when it is asked, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    /// The names of its address book.
    Contacts,
    /// Its chats so far.
    History,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    #[serde(rename = "type")]
    pub channel: ChannelType,
    pub name: String,
    /// What the channel calls it: WhatsApp's `phone_number_id`, a page id…
    pub external_id: String,
    pub status: AccountStatus,
    /// What the last test or the last refusal said, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// WhatsApp: the business account that the number belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_phone_number: Option<String>,
    /// Counts the access tokens it has had: the credential that is in use. A reconnect raises it.
    pub credential: u32,
    /// The channel asked to send more slowly: nothing goes out before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttled_until: Option<Timestamp>,
    /// Whether customers are shown that their messages were read, and that someone types.
    #[serde(default = "shown")]
    pub read_receipts: bool,
    /// What the channel was asked for of the time before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_for: Vec<Past>,
    pub created_at: Timestamp,
}

/// What accounts do that were connected before there was a choice, and what they do at first.
const fn shown() -> bool {
    true
}

//! What the API and the socket show of a conversation, a message and a channel: the names and shapes of the outside contract.

mod message;

use std::collections::HashMap;

use domain::conversation::Status;
use domain::{
    Account, AccountId, AccountStatus, ChannelType, ContactId, ConversationId, Direction, MessageType, Owner,
    Timestamp, UserId, Window,
};
use serde::Serialize;
use table::{Row, User};

pub use message::{AttachmentJson, AuthorJson, AuthorKind, MessageJson, ReactionJson, ReplyToJson, SendError};

/// The names that rows show beside ids: a tenant's channel accounts and users.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub accounts: HashMap<AccountId, String>,
    pub users: HashMap<UserId, String>,
}

impl Names {
    pub fn new(accounts: &[Account], users: &[User]) -> Self {
        Self {
            accounts: accounts.iter().map(|a| (a.id.clone(), a.name.clone())).collect(),
            users: users.iter().map(|u| (u.id.clone(), u.name.clone())).collect(),
        }
    }

    /// Whether it can name everyone in this row: an account or a user may be newer than it.
    pub fn cover(&self, row: &Row) -> bool {
        let owner = match &row.owner {
            Owner::Nobody => true,
            Owner::User(id) => self.users.contains_key(id),
        };
        owner && self.accounts.contains_key(&row.account)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Conversation))]
pub struct ConversationJson {
    pub id: ConversationId,
    pub channel: ChannelRef,
    pub contact: ContactRef,
    pub status: Status,
    /// `null`: nobody's yet.
    #[cfg_attr(feature = "schema", schema(required))]
    pub assigned_to: Option<UserRef>,
    /// Customers' messages after the shared read position.
    pub unread_count: u64,
    /// By the channel's clock; lists are ordered by it and `id`, descending.
    pub last_message_at: Timestamp,
    pub last_message_preview: String,
    #[cfg_attr(feature = "schema", schema(required))]
    pub last_message_type: Option<MessageType>,
    #[cfg_attr(feature = "schema", schema(required))]
    pub last_message_direction: Option<Direction>,
    /// The newest message's number in the conversation, counted from 1 without holes.
    pub seq: u64,
    pub window: WindowJson,
    /// Counts agents' edits: what `If-Match` compares.
    pub version: u64,
    /// Counts every change: apply only what is higher than the one you have.
    pub rev: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChannelRef {
    pub id: AccountId,
    #[serde(rename = "type")]
    pub kind: ChannelType,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ContactRef {
    pub id: ContactId,
    pub name: String,
    #[cfg_attr(feature = "schema", schema(required))]
    pub avatar_url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UserRef {
    pub id: UserId,
    pub name: String,
}

/// Whether the channel lets a free answer through now.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Window))]
pub struct WindowJson {
    pub state: WindowState,
    /// `null` where the channel knows no window, or no customer has written yet.
    #[cfg_attr(feature = "schema", schema(required))]
    pub closes_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum WindowState {
    Open,
    Closed,
}

impl WindowJson {
    pub fn new(window: Window, now: Timestamp) -> Self {
        let state = if window.is_open(now) { WindowState::Open } else { WindowState::Closed };
        Self { state, closes_at: window.closes_at().filter(|end| end.millis() > 0) }
    }
}

impl ConversationJson {
    pub fn new(row: &Row, names: &Names, now: Timestamp) -> Self {
        let assigned_to = match &row.owner {
            Owner::Nobody => None,
            Owner::User(id) => Some(UserRef { id: id.clone(), name: names.users.get(id).cloned().unwrap_or_default() }),
        };
        let name = names.accounts.get(&row.account).cloned().unwrap_or_default();
        Self {
            id: row.id.clone(),
            channel: ChannelRef { id: row.account.clone(), kind: row.channel, name },
            contact: ContactRef {
                id: row.contact.clone(),
                name: row.contact_name.clone(),
                avatar_url: row.avatar_url.clone(),
            },
            status: row.status,
            assigned_to,
            unread_count: row.unread,
            last_message_at: row.last_at,
            last_message_preview: row.preview.clone(),
            last_message_type: row.last_type,
            last_message_direction: row.last_direction,
            seq: row.seq,
            window: WindowJson::new(row.window, now),
            version: row.version,
            rev: row.rev,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Channel))]
pub struct ChannelJson {
    pub id: AccountId,
    #[serde(rename = "type")]
    pub kind: ChannelType,
    pub name: String,
    pub status: AccountStatus,
    /// What the last test or the last refusal said, in one sentence.
    #[cfg_attr(feature = "schema", schema(required))]
    pub health: Option<String>,
    /// Whether customers are shown that their messages were read, and that someone types.
    pub read_receipts: bool,
    /// The number, as it is shown to people.
    #[cfg_attr(feature = "schema", schema(required))]
    pub display_phone_number: Option<String>,
    /// WhatsApp's id of the number, by which it is connected again.
    #[cfg_attr(feature = "schema", schema(required))]
    pub phone_number_id: Option<String>,
    /// The WhatsApp business account that the number belongs to.
    #[cfg_attr(feature = "schema", schema(required))]
    pub waba_id: Option<String>,
}

impl From<&Account> for ChannelJson {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            kind: account.channel,
            name: account.name.clone(),
            status: account.status,
            health: account.health.clone(),
            read_receipts: account.read_receipts,
            display_phone_number: account.display_phone_number.clone(),
            phone_number_id: (account.channel == ChannelType::Whatsapp).then(|| account.external_id.clone()),
            waba_id: account.waba_id.clone(),
        }
    }
}

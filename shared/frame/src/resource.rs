//! What the API and the socket show of a conversation, a message and a channel: the names and shapes of the outside contract.

use std::collections::HashMap;

use domain::body::{
    AttachmentState, CallDetails, Card, Interactive, Location, Order, Product, Referral, SystemDetails,
    UnsupportedDetails,
};
use domain::conversation::Status;
use domain::{
    Account, AccountId, AccountStatus, Author, ChannelType, ContactId, ConversationId, DeliveryStatus, Details,
    Direction, Failure, Message, MessageId, MessageType, Owner, Pricing, Timestamp, UserId, Window,
};
use serde::Serialize;
use table::{Row, User};

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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Message))]
pub struct MessageJson {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    /// Its number in the conversation, in order of arrival, without holes.
    pub seq: u64,
    pub direction: Direction,
    #[serde(rename = "type")]
    pub kind: MessageType,
    #[cfg_attr(feature = "schema", schema(required))]
    pub text: Option<String>,
    pub author: AuthorJson,
    /// What the channel calls it; for a send, once the channel took it.
    #[cfg_attr(feature = "schema", schema(required))]
    pub channel_message_id: Option<String>,
    /// The Idempotency-Key of the request that sent it.
    #[cfg_attr(feature = "schema", schema(required))]
    pub client_id: Option<String>,
    #[cfg_attr(feature = "schema", schema(required))]
    pub reply_to: Option<ReplyToJson>,
    pub reactions: Vec<ReactionJson>,
    pub attachments: Vec<AttachmentJson>,
    /// What a message of its type has to say beyond its text, in an object named like the type.
    #[serde(flatten)]
    pub details: DetailsJson,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub forwarded: bool,
    /// Forwarded many times, by the channel's count.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub frequently_forwarded: bool,
    /// The product of a catalogue that it asks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referred_product: Option<Product>,
    /// The advertisement or post that brought the customer here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// `null` for what customers wrote.
    #[cfg_attr(feature = "schema", schema(required))]
    pub delivery_status: Option<DeliveryStatus>,
    #[cfg_attr(feature = "schema", schema(required))]
    pub error: Option<SendError>,
    /// What the channel says that it costs, once it has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// By the channel's clock; for a send, when the agent sent it.
    pub sent_at: Timestamp,
    pub received_at: Timestamp,
    pub created_at: Timestamp,
    #[cfg_attr(feature = "schema", schema(required))]
    pub edited_at: Option<Timestamp>,
    #[cfg_attr(feature = "schema", schema(required))]
    pub deleted_at: Option<Timestamp>,
    /// The channel's word for the type, where it is not ours.
    #[cfg_attr(feature = "schema", schema(required))]
    pub raw_type: Option<String>,
    /// Counts its changes, from 1.
    pub rev: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AuthorKind {
    /// On the customer's side.
    Contact,
    User,
    System,
    /// Someone who writes for the business elsewhere: the phone's own app, another tool.
    External,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Author))]
pub struct AuthorJson {
    pub kind: AuthorKind,
    #[cfg_attr(feature = "schema", schema(required))]
    pub id: Option<String>,
    pub name: String,
}

impl From<&Author> for AuthorJson {
    fn from(author: &Author) -> Self {
        let (kind, id, name) = match author {
            Author::Contact { id, name } => (AuthorKind::Contact, id.clone(), name.clone()),
            Author::User { id, name } => (AuthorKind::User, Some(id.to_string()), name.clone()),
            Author::System => (AuthorKind::System, None, String::new()),
            Author::External { name } => (AuthorKind::External, None, name.clone()),
        };
        Self { kind, id, name }
    }
}

/// The message that this one answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ReplyTo))]
pub struct ReplyToJson {
    /// `null` where it answers something that was never stored here.
    #[cfg_attr(feature = "schema", schema(required))]
    pub id: Option<MessageId>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Reaction))]
pub struct ReactionJson {
    pub emoji: String,
    pub by: AuthorJson,
}

impl ReactionJson {
    /// `None` where it was taken back.
    fn of(reaction: &domain::Reaction) -> Option<Self> {
        reaction.emoji.clone().map(|emoji| Self { emoji, by: (&reaction.by).into() })
    }
}

/// At most one of these is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = MessageDetails))]
pub struct DetailsJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<Card>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactive: Option<Interactive>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<UnsupportedDetails>,
}

impl From<&Details> for DetailsJson {
    fn from(details: &Details) -> Self {
        let none = Self::default();
        match details.clone() {
            Details::Location(location) => Self { location: Some(location), ..none },
            Details::Contacts(contacts) => Self { contacts: Some(contacts), ..none },
            Details::Interactive(interactive) => Self { interactive: Some(interactive), ..none },
            Details::Order(order) => Self { order: Some(order), ..none },
            Details::Call(call) => Self { call: Some(call), ..none },
            Details::System(system) => Self { system: Some(system), ..none },
            Details::Unsupported(unsupported) => Self { unsupported: Some(unsupported), ..none },
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Attachment))]
pub struct AttachmentJson {
    pub id: String,
    pub kind: MessageType,
    #[cfg_attr(feature = "schema", schema(required))]
    pub mime_type: Option<String>,
    /// As the sender's device called it.
    #[cfg_attr(feature = "schema", schema(required))]
    pub file_name: Option<String>,
    #[cfg_attr(feature = "schema", schema(required))]
    pub bytes: Option<u64>,
    pub state: AttachmentState,
    #[cfg_attr(feature = "schema", schema(required))]
    pub url: Option<String>,
    #[cfg_attr(feature = "schema", schema(required))]
    pub thumbnail_url: Option<String>,
    /// Why it failed: a stable word.
    #[cfg_attr(feature = "schema", schema(required))]
    pub reason: Option<String>,
    /// A sticker that moves.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub animated: bool,
}

/// A file is named by its message and its place there.
fn attachments(message: &Message) -> Vec<AttachmentJson> {
    let files = message.body.attachments.iter().enumerate();
    files
        .map(|(place, file)| AttachmentJson {
            id: format!("{}.{place}", message.id),
            kind: file.kind,
            mime_type: file.mime_type.clone(),
            file_name: file.file_name.clone(),
            bytes: file.bytes,
            state: file.state,
            url: None,
            thumbnail_url: None,
            reason: file.reason.clone(),
            animated: file.animated,
        })
        .collect()
}

/// Why a send did not arrive.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SendError {
    /// A stable word, e.g. `window_closed`.
    pub code: String,
    pub title: String,
    /// The channel's own number, e.g. 131047.
    #[cfg_attr(feature = "schema", schema(required))]
    pub channel_code: Option<i64>,
}

impl From<&Failure> for SendError {
    fn from(why: &Failure) -> Self {
        Self { code: why.code.clone(), title: why.title.clone(), channel_code: why.channel_code }
    }
}

impl From<&Message> for MessageJson {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.clone(),
            conversation_id: message.id.conversation().clone(),
            seq: message.seq(),
            direction: message.direction,
            kind: message.kind,
            text: message.text.clone(),
            author: (&message.author).into(),
            channel_message_id: message.channel_message_id.clone(),
            client_id: message.request.as_ref().map(|r| r.client_id.clone()),
            reply_to: message.reply_to.as_ref().map(|r| ReplyToJson { id: r.message.clone() }),
            reactions: message.reactions.iter().filter_map(ReactionJson::of).collect(),
            attachments: attachments(message),
            forwarded: message.body.context.forwarded,
            frequently_forwarded: message.body.context.frequently_forwarded,
            referred_product: message.body.context.product.clone(),
            referral: message.body.context.referral.clone(),
            details: message.body.details.as_ref().map(DetailsJson::from).unwrap_or_default(),
            delivery_status: message.delivery.as_ref().map(|d| d.status()),
            error: message.delivery.as_ref().and_then(|d| d.error()).map(SendError::from),
            sent_at: message.sent_at,
            received_at: message.received_at,
            created_at: message.created_at,
            pricing: message.delivery.as_ref().and_then(|d| d.priced.as_ref()).map(|p| p.pricing.clone()),
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            raw_type: message.raw_type.clone(),
            rev: message.rev,
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
}

impl From<&Account> for ChannelJson {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            kind: account.channel,
            name: account.name.clone(),
            status: account.status,
            health: account.health.clone(),
        }
    }
}

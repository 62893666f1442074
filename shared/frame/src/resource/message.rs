//! What the API and the socket show of a message.

use domain::body::{
    AttachmentState, CallDetails, Card, CardDetails, Interactive, Location, Order, Product, ReactionDetails, Referral,
    SystemDetails, TemplateDetails, UnsupportedDetails,
};
use domain::template::TemplateCategory;
use domain::{
    Author, ConversationId, DeliveryStatus, Details, Direction, Failure, Message, MessageId, MessageType, Pricing,
    Timestamp,
};
use serde::Serialize;

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
    // What a message of its type has to say beyond its text, in an object named like the type: at most one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<Card>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactive: Option<Interactive>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<SentReactionJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<UnsupportedDetails>,
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
    /// Of a send that was written for later: when it goes out. Until then it is `queued`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_at: Option<Timestamp>,
    /// By the channel's clock; for a send, when the agent sent it or is to have it sent.
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

/// A template as the customer sees it; its words, filled in, are the message's `text`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = SentTemplate))]
pub struct TemplateJson {
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The words on its buttons.
    pub buttons: Vec<String>,
    /// Of a carousel, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub cards: Vec<CardJson>,
}

/// A card of a carousel as the customer sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = SentCard))]
pub struct CardJson {
    /// The place of its picture or video among the message's `attachments`, from 0.
    pub attachment: usize,
    /// Its words, filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The words on its buttons.
    pub buttons: Vec<String>,
}

impl From<TemplateDetails> for TemplateJson {
    fn from(template: TemplateDetails) -> Self {
        let TemplateDetails { name, language, category, header, location, footer, buttons, cards, filling: _ } =
            template;
        let cards = cards.into_iter().map(CardJson::from).collect();
        Self { name, language, category, header, location, footer, buttons, cards }
    }
}

impl From<CardDetails> for CardJson {
    fn from(card: CardDetails) -> Self {
        let CardDetails { attachment, text, buttons, filling: _ } = card;
        Self { attachment, text, buttons }
    }
}

/// A reaction of ours on its way. It shows among the `reactions` of its message once the channel took it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = SentReaction))]
pub struct SentReactionJson {
    pub message_id: MessageId,
    /// `null` takes the reaction back.
    #[cfg_attr(feature = "schema", schema(required))]
    pub emoji: Option<String>,
}

impl From<ReactionDetails> for SentReactionJson {
    fn from(reaction: ReactionDetails) -> Self {
        Self { message_id: reaction.message_id, emoji: reaction.emoji }
    }
}

/// The objects of a message's details: at most one of these is there.
#[derive(Default)]
struct ByType {
    location: Option<Location>,
    contacts: Option<Vec<Card>>,
    interactive: Option<Interactive>,
    template: Option<TemplateJson>,
    reaction: Option<SentReactionJson>,
    order: Option<Order>,
    call: Option<CallDetails>,
    system: Option<SystemDetails>,
    unsupported: Option<UnsupportedDetails>,
}

impl From<&Details> for ByType {
    fn from(details: &Details) -> Self {
        let none = Self::default();
        match details.clone() {
            Details::Location(location) => Self { location: Some(location), ..none },
            Details::Contacts(contacts) => Self { contacts: Some(contacts), ..none },
            Details::Interactive(interactive) => Self { interactive: Some(interactive), ..none },
            Details::Template(template) => Self { template: Some(TemplateJson::from(*template)), ..none },
            Details::Reaction(reaction) => Self { reaction: Some(SentReactionJson::from(reaction)), ..none },
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
    /// Of a picture, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    pub state: AttachmentState,
    /// To read the file; good for minutes. `null` until it is `ready`, in events and in exports: ask for the attachment.
    #[cfg_attr(feature = "schema", schema(required))]
    pub url: Option<String>,
    /// A small JPEG of a large picture.
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
            width: file.size.map(|size| size.width),
            height: file.size.map(|size| size.height),
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
        let by_type = message.body.details.as_ref().map(ByType::from).unwrap_or_default();
        let ByType { location, contacts, interactive, template, reaction, order, call, system, unsupported } = by_type;
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
            location,
            contacts,
            interactive,
            template,
            reaction,
            order,
            call,
            system,
            unsupported,
            delivery_status: message.delivery.as_ref().map(|d| d.status()),
            error: message.delivery.as_ref().and_then(|d| d.error()).map(SendError::from),
            send_at: message.send_at,
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

#[cfg(test)]
mod tests;

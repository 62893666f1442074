//! What a message says by its type. In the API and in storage it stands in an object named like the type.

use serde::{Deserialize, Serialize};

use super::offer::{LinkButton, ReplyButtons, ReplyList};
use super::template::TemplateDetails;
use crate::{MessageId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    Location(Location),
    Contacts(Vec<Card>),
    Interactive(Interactive),
    Template(Box<TemplateDetails>),
    Reaction(ReactionDetails),
    Order(Order),
    Call(CallDetails),
    System(SystemDetails),
    Unsupported(UnsupportedDetails),
}

impl Details {
    pub(super) fn title(&self) -> Option<&str> {
        match self {
            Self::Location(place) => place.name.as_deref().or(place.address.as_deref()),
            Self::Contacts(cards) => cards.first().and_then(|card| card.name.as_deref()),
            Self::Interactive(answer) => answer.title(),
            Self::Template(template) => template.header.as_deref(),
            Self::Reaction(reaction) => reaction.emoji.as_deref(),
            Self::Order(_) | Self::Call(_) | Self::System(_) | Self::Unsupported(_) => None,
        }
    }
}

/// A finite number of degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(try_from = "f64", into = "f64")]
pub struct Degrees(f64);

impl Eq for Degrees {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a finite number")]
pub struct NotFinite;

impl TryFrom<f64> for Degrees {
    type Error = NotFinite;

    fn try_from(degrees: f64) -> Result<Self, NotFinite> {
        if degrees.is_finite() { Ok(Self(degrees)) } else { Err(NotFinite) }
    }
}

impl From<Degrees> for f64 {
    fn from(degrees: Degrees) -> Self {
        degrees.0
    }
}

/// A place; where the customer is at the moment it has no name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Location {
    pub latitude: Degrees,
    pub longitude: Degrees,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A person whose card was shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Card {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<CardPhone>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<CardEmail>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<CardAddress>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// `contact_request` where the customer answered our question for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vcard: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CardPhone {
    /// As it was written on the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The channel's name for whoever has this number, if it knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// `CELL`, `WORK`…
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CardEmail {
    pub email: String,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CardAddress {
    /// Street, postcode and town, state, country: those that are told, joined by commas.
    pub address: String,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What we offer to choose from, or what the customer chose or filled in of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Interactive {
    /// Ours: up to three buttons.
    Buttons(ReplyButtons),
    /// Ours: a list.
    List(ReplyList),
    /// Ours: a button that opens a page.
    CtaUrl(LinkButton),
    /// A reply button.
    ButtonReply { id: String, title: String },
    /// A quick-reply button of a template: `id` is its payload.
    TemplateButton { id: String, title: String },
    ListReply {
        id: String,
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A form that was filled in. `response` is JSON text as the channel gave it; it may be no JSON at all.
    FlowReply {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<String>,
    },
    /// Whether we may call them, and until when.
    CallPermissionReply {
        /// `accept` or `reject`.
        response: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
        /// `user_action` or `automatic`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
}

impl Interactive {
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::ButtonReply { title, .. } | Self::TemplateButton { title, .. } | Self::ListReply { title, .. } => {
                Some(title)
            }
            Self::FlowReply { body, .. } => body.as_deref(),
            // The words stand in the message's text.
            Self::Buttons(_) | Self::List(_) | Self::CtaUrl(_) | Self::CallPermissionReply { .. } => None,
        }
    }
}

/// What the business reacts to, as a send of its own: its place in the order and its way to the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionDetails {
    pub message_id: MessageId,
    /// The channel's id of that message.
    pub channel_message_id: String,
    /// `None` takes the reaction back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

/// What a customer ordered from a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Order {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog_id: Option<String>,
    pub product_items: Vec<OrderItem>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_retailer_id: Option<String>,
    /// A decimal number as text, so that nothing is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// Of one, in `currency`: a decimal number as text, so that nothing is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_price: Option<String>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// How far a call has come, from the least to the most that can be known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    Ringing,
    Accepted,
    Rejected,
    /// It ended without having been answered.
    Missed,
    Completed,
}

/// A call, as far as the channel has told of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CallDetails {
    pub state: CallState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u64>,
}

/// Something that happened in the thread, told by the channel itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SystemDetails {
    /// The channel's word: `user_changed_number`, `control_passed`…
    pub event: String,
    /// Who has the thread now, where that is what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// Why a message can be shown only on the customer's or the business's own phone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UnsupportedDetails {
    /// What the channel says that it was: `poll_creation`, `gif`…
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The channel's own number, e.g. 131051.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

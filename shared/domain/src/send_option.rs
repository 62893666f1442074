//! Which ways of sending are open in a conversation, until when, at what class of price, and why the others are closed. The API
//! asks before it takes a send, `deliver` asks again before it calls the channel, and the app shows what they would say.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::window::{CUSTOMER_SERVICE, MARGIN};
use crate::{ChannelType, Head, MessageType, Timestamp, Window};

/// A way in which something can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = SendPath))]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// Any content of one's own: texts, places, cards, buttons.
    FreeForm,
    /// An emoji on one of the conversation's messages.
    Reaction,
    /// A template that the channel has approved.
    Template,
    /// A person's answer, marked as such.
    HumanAgent,
}

impl Path {
    /// The way that a message of this type takes.
    pub fn of(kind: MessageType) -> Self {
        match kind {
            MessageType::Template => Self::Template,
            MessageType::Reaction => Self::Reaction,
            MessageType::Text
            | MessageType::Image
            | MessageType::Video
            | MessageType::Audio
            | MessageType::Voice
            | MessageType::File
            | MessageType::Sticker
            | MessageType::Location
            | MessageType::Contacts
            | MessageType::Interactive
            | MessageType::Order
            | MessageType::Call
            | MessageType::Comment
            | MessageType::StoryMention
            | MessageType::StoryReply
            | MessageType::Share
            | MessageType::System
            | MessageType::Unsupported => Self::FreeForm,
        }
    }
}

/// What the channel charges for a message that takes this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriceClass {
    /// Nothing.
    Free,
    /// Nothing for now: the customer came from an advertisement, and was answered within a day.
    FreeEntryPoint,
    /// The market's rate for service messages.
    Service,
    /// The rate of the template's category.
    TemplateCategory,
    /// Nothing each, but it counts against the plan's monthly number.
    Quota,
}

/// What must have happened for a way to be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    Always,
    /// The customer wrote or called, not longer ago than this.
    AfterCustomer(Duration),
}

/// One channel's law about one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub channel: ChannelType,
    pub path: Path,
    pub opens: Opens,
    pub price: PriceClass,
    /// Where the channel says so.
    pub source: &'static str,
}

/// How long a person may still answer when marked as such.
const HUMAN_AGENT: Duration = Duration::from_hours(7 * 24);

const WHATSAPP_WINDOW: &str =
    "https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages#customer-service-windows";
const META_WINDOW: &str =
    "https://developers.facebook.com/docs/messenger-platform/policy/policy-overview/#standard_messaging";
const META_HUMAN: &str = "https://developers.facebook.com/docs/messenger-platform/policy/policy-overview/#human_agent";

/// Every way that a channel offers. What is not here is not offered.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule { channel: ChannelType::Whatsapp, path: Path::FreeForm, opens: Opens::AfterCustomer(CUSTOMER_SERVICE), price: PriceClass::Service, source: WHATSAPP_WINDOW },
    Rule { channel: ChannelType::Whatsapp, path: Path::Reaction, opens: Opens::AfterCustomer(CUSTOMER_SERVICE), price: PriceClass::Service, source: WHATSAPP_WINDOW },
    Rule { channel: ChannelType::Whatsapp, path: Path::Template, opens: Opens::Always, price: PriceClass::TemplateCategory, source: "https://developers.facebook.com/docs/whatsapp/pricing" },
    Rule { channel: ChannelType::Messenger, path: Path::FreeForm, opens: Opens::AfterCustomer(CUSTOMER_SERVICE), price: PriceClass::Free, source: META_WINDOW },
    Rule { channel: ChannelType::Messenger, path: Path::HumanAgent, opens: Opens::AfterCustomer(HUMAN_AGENT), price: PriceClass::Free, source: META_HUMAN },
    Rule { channel: ChannelType::Instagram, path: Path::FreeForm, opens: Opens::AfterCustomer(CUSTOMER_SERVICE), price: PriceClass::Free, source: META_WINDOW },
    Rule { channel: ChannelType::Instagram, path: Path::HumanAgent, opens: Opens::AfterCustomer(HUMAN_AGENT), price: PriceClass::Free, source: META_HUMAN },
    Rule { channel: ChannelType::Line, path: Path::FreeForm, opens: Opens::Always, price: PriceClass::Quota, source: "https://developers.line.biz/en/docs/messaging-api/pricing/" },
];

/// From then on WhatsApp charges for service messages (2026-10-01, 00:00 UTC).
/// [Pricing](https://developers.facebook.com/docs/whatsapp/pricing).
pub const SERVICE_CHARGED_FROM: Timestamp = Timestamp::from_millis(1_790_812_800_000);

/// After an advertisement's customer was answered within [`CUSTOMER_SERVICE`], everything is free for this long.
/// [Free entry points](https://developers.facebook.com/docs/whatsapp/pricing#free-entry-point-conversations).
pub const FREE_ENTRY: Duration = Duration::from_hours(72);

/// A customer who came by an advertisement or a page's button, and our first answer to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeEntry {
    /// When they wrote by way of it, by the channel's clock.
    pub came_at: Timestamp,
    /// When the channel took our first answer, if that was in time.
    pub answered_at: Option<Timestamp>,
}

impl FreeEntry {
    /// A customer who comes again begins again; an older click that is told late changes nothing.
    #[must_use]
    pub fn came(known: Option<Self>, at: Timestamp) -> Self {
        known.filter(|known| known.came_at >= at).unwrap_or(Self { came_at: at, answered_at: None })
    }

    /// Only the first answer counts, and only within a day.
    #[must_use]
    pub fn answered(self, at: Timestamp) -> Self {
        let in_time = at < self.came_at.plus(CUSTOMER_SERVICE);
        Self { answered_at: self.answered_at.or(Some(at).filter(|_| in_time)), ..self }
    }

    /// Until when everything is free; `None` where it is not.
    pub fn free_until(self, now: Timestamp) -> Option<Timestamp> {
        self.answered_at.map(|at| at.plus(FREE_ENTRY)).filter(|end| now < *end)
    }
}

/// Why a way is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// No customer has written in this conversation.
    WindowNeverOpened,
    /// The customer's last message or call is too long ago.
    WindowClosed,
    /// The channel has no such way.
    NotOffered,
}

impl Closed {
    /// One English sentence; the app translates by the word.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::WindowNeverOpened => "The customer has not written yet.",
            Self::WindowClosed => "The customer's last message is too long ago: they have to write first.",
            Self::NotOffered => "The channel has no such way.",
        }
    }
}

/// One way, as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendOption {
    pub path: Path,
    /// Open, until this time if it ends; else why not.
    pub state: Result<Option<Timestamp>, Closed>,
    pub price: PriceClass,
    /// Where the price is [`PriceClass::FreeEntryPoint`]: until when.
    pub free_until: Option<Timestamp>,
}

/// All that the rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub channel: ChannelType,
    /// What the customer's last message or call opened for [`CUSTOMER_SERVICE`].
    pub window: Window,
    pub free_entry: Option<FreeEntry>,
}

impl From<&Head> for Standing {
    fn from(head: &Head) -> Self {
        Self { channel: head.channel, window: head.window, free_entry: head.free_entry }
    }
}

impl Standing {
    /// Every way that the channel offers, in the order of [`RULES`].
    pub fn options(self, now: Timestamp) -> Vec<SendOption> {
        RULES.iter().filter(|rule| rule.channel == self.channel).map(|rule| rule.applied(self, now)).collect()
    }

    /// Whether something may be sent this way now; the error says why not.
    pub fn allows(self, path: Path, now: Timestamp) -> Result<(), Closed> {
        let rule = RULES.iter().find(|rule| rule.channel == self.channel && rule.path == path);
        rule.ok_or(Closed::NotOffered)?.state(self.window, now).map(drop)
    }
}

impl Rule {
    fn applied(&self, standing: Standing, now: Timestamp) -> SendOption {
        let free_until = standing.free_entry.and_then(|entry| entry.free_until(now));
        let price = match self.price {
            PriceClass::Service | PriceClass::TemplateCategory if free_until.is_some() => PriceClass::FreeEntryPoint,
            PriceClass::Service if now < SERVICE_CHARGED_FROM => PriceClass::Free,
            price => price,
        };
        let free_until = free_until.filter(|_| price == PriceClass::FreeEntryPoint);
        SendOption { path: self.path, state: self.state(standing.window, now), price, free_until }
    }

    fn state(&self, window: Window, now: Timestamp) -> Result<Option<Timestamp>, Closed> {
        match (self.opens, window.closes_at()) {
            (Opens::Always, _) | (Opens::AfterCustomer(_), None) => Ok(None),
            (Opens::AfterCustomer(_), Some(end)) if end.millis() == 0 => Err(Closed::WindowNeverOpened),
            (Opens::AfterCustomer(lasts), Some(end)) => {
                let end = end.plus(lasts.saturating_sub(CUSTOMER_SERVICE));
                if now.plus(MARGIN) < end { Ok(Some(end)) } else { Err(Closed::WindowClosed) }
            }
        }
    }
}

#[cfg(test)]
mod tests;

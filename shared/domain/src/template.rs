//! A template: a message that the channel has approved beforehand, with places to fill in.

use serde::{Deserialize, Serialize};

use crate::{AccountId, Timestamp};

/// Whether a template may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    /// The only one that can be sent.
    Approved,
    /// The channel is looking at it.
    Pending,
    Rejected,
    /// Set aside for a time, because customers complained.
    Paused,
    Disabled,
    Archived,
    Deleted,
    /// In words of the channel that we do not know.
    Unknown,
}

/// What a template is for; its price goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemplateCategory {
    Marketing,
    Utility,
    Authentication,
    Unknown,
}

/// How the places to fill in are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParameterFormat {
    /// `{{1}}`, `{{2}}`…
    #[default]
    Positional,
    /// `{{first_name}}`…
    Named,
}

/// What stands above the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum TemplateHeader {
    Text {
        text: String,
    },
    Location,
    Image,
    Video,
    Document,
    /// Of a kind that we do not know.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TemplateButton {
    /// Answers for the customer.
    QuickReply {
        text: String,
    },
    /// Opens a page; its address may end in a place to fill in.
    Url {
        text: String,
        url: String,
    },
    PhoneNumber {
        text: String,
        phone_number: String,
    },
    /// Copies a code, which is filled in.
    CopyCode {
        text: String,
    },
    /// Copies the one-time code that the body tells, or hands it to the business's own app.
    OneTimeCode {
        text: String,
    },
    /// Of a kind that we do not know: what has one cannot be sent from here.
    Other {
        text: String,
    },
}

impl TemplateButton {
    pub fn text(&self) -> &str {
        match self {
            Self::QuickReply { text }
            | Self::Url { text, .. }
            | Self::PhoneNumber { text, .. }
            | Self::CopyCode { text }
            | Self::OneTimeCode { text }
            | Self::Other { text } => text,
        }
    }
}

/// A card of a carousel: a picture or a video, words below it, buttons below them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TemplateCard {
    pub header: TemplateHeader,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub buttons: Vec<TemplateButton>,
}

/// A template as the channel tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The account that may send it. Accounts of one business account have the same templates, each with its own copy.
    pub account: AccountId,
    /// The channel's own id.
    pub channel_id: String,
    pub name: String,
    /// The channel's word: `en_US`, `he`…
    pub language: String,
    pub category: TemplateCategory,
    pub status: TemplateStatus,
    /// The channel's word: `GREEN`, `YELLOW`, `RED`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Why it was rejected, in the channel's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default)]
    pub parameter_format: ParameterFormat,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<TemplateHeader>,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButton>,
    /// Of a carousel, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<TemplateCard>,
    /// It has parts that we cannot fill in (an offer that ends, products…).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_more: bool,
    /// When the channel told all this.
    pub synced_at: Timestamp,
}

/// What the channel tells of a template's standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateNews {
    pub name: String,
    pub language: String,
    pub what: TemplateChange,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateChange {
    Status { status: TemplateStatus, reason: Option<String> },
    Quality(String),
    Category(TemplateCategory),
}

impl Template {
    /// With this news.
    #[must_use]
    pub fn told(mut self, what: &TemplateChange) -> Self {
        match what {
            TemplateChange::Status { status, reason } => {
                self.status = *status;
                self.reason.clone_from(reason);
            }
            TemplateChange::Quality(quality) => self.quality = Some(quality.clone()),
            TemplateChange::Category(category) => self.category = *category,
        }
        self
    }
}

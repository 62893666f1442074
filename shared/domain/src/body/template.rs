//! A template that was sent: what the customer sees, and what was filled in.

use serde::{Deserialize, Serialize};

use super::{Attachment, Location};
use crate::template::TemplateCategory;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateDetails {
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    /// The header's words, filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The header's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The words on its buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
    /// Of a carousel, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardDetails>,
    #[serde(default)]
    pub filling: Filling,
}

/// A card of a carousel that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardDetails {
    /// The place of its picture or video among the message's files, from 0.
    pub attachment: usize,
    /// Its words, filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The words on its buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
    #[serde(default)]
    pub filling: CardFilling,
}

/// What the channel is to put into a card's places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFilling {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<TextParameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonParameter>,
}

impl TemplateDetails {
    /// The header's file among the message's: the first, unless a card shows it.
    pub fn header_file<'a>(&self, files: &'a [Attachment]) -> Option<&'a Attachment> {
        files.first().filter(|_| self.cards.iter().all(|card| card.attachment != 0))
    }
}

/// What the channel is to put into a template's places. The header's place stands beside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<TextParameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<TextParameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonParameter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextParameter {
    /// Of a template whose places have names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonParameter {
    /// Its place among the buttons, from 0.
    pub index: usize,
    pub kind: ButtonParameterKind,
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonParameterKind {
    /// The answer that comes back.
    QuickReply,
    /// The end of the address.
    Url,
    CopyCode,
}

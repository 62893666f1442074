//! A template that was sent: what the customer sees, and what was filled in.

use serde::{Deserialize, Serialize};

use super::Location;
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
    #[serde(default)]
    pub filling: Filling,
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

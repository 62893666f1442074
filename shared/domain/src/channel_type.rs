//! The channels that customers write on.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChannelType {
    Whatsapp,
    Messenger,
    Instagram,
    Line,
}

impl ChannelType {
    pub const ALL: [Self; 4] = [Self::Whatsapp, Self::Messenger, Self::Instagram, Self::Line];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
            Self::Line => "line",
        }
    }

    /// A moment as the channel's own clock tells it. WhatsApp's
    /// [counts whole seconds](https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages), so a
    /// send that kept its milliseconds would stand below the answer that came within the same second.
    pub fn clock(self, moment: Timestamp) -> Timestamp {
        match self {
            Self::Whatsapp => Timestamp::from_seconds(moment.seconds()),
            Self::Messenger | Self::Instagram | Self::Line => moment,
        }
    }
}

impl fmt::Display for ChannelType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no channel that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a channel type: one of whatsapp, messenger, instagram, line")]
pub struct UnknownChannel;

impl FromStr for ChannelType {
    type Err = UnknownChannel;

    fn from_str(text: &str) -> Result<Self, UnknownChannel> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or(UnknownChannel)
    }
}

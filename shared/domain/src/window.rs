//! Until when a channel lets us answer freely.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ChannelType, Timestamp};

/// WhatsApp, Messenger and Instagram: 24 hours after the customer's last message, by the channel's clock.
/// [WhatsApp](https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages#customer-service-windows).
pub const CUSTOMER_SERVICE: Duration = Duration::from_hours(24);

/// We stop this long before the channel does, so that a send on its way is not refused.
pub const MARGIN: Duration = Duration::from_secs(60);

/// A conversation's window for free answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// The channel knows no window (LINE).
    Always,
    /// Open before this time. In the past, or never opened, it is closed.
    Until(Timestamp),
}

impl Window {
    /// The window that a customer's message of this channel time opens.
    pub fn opened(channel: ChannelType, at: Timestamp) -> Self {
        match channel {
            ChannelType::Whatsapp | ChannelType::Messenger | ChannelType::Instagram => {
                Self::Until(at.plus(CUSTOMER_SERVICE))
            }
            ChannelType::Line => Self::Always,
        }
    }

    /// The window of a conversation in which no customer has written.
    pub fn unopened(channel: ChannelType) -> Self {
        match channel {
            ChannelType::Whatsapp | ChannelType::Messenger | ChannelType::Instagram => {
                Self::Until(Timestamp::from_millis(0))
            }
            ChannelType::Line => Self::Always,
        }
    }

    /// The later of the two: messages may arrive in any order.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, _) | (_, Self::Always) => Self::Always,
            (Self::Until(a), Self::Until(b)) => Self::Until(a.max(b)),
        }
    }

    /// Whether a free answer may leave now.
    pub fn is_open(self, now: Timestamp) -> bool {
        match self {
            Self::Always => true,
            Self::Until(end) => now.plus(MARGIN) < end,
        }
    }

    /// When it closes; `None` when it never does.
    pub fn closes_at(self) -> Option<Timestamp> {
        match self {
            Self::Always => None,
            Self::Until(end) => Some(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_open_until_a_minute_before_its_end() {
        let opened = Window::opened(ChannelType::Whatsapp, Timestamp::from_seconds(0));
        for (second, open) in [(0, true), (86_339, true), (86_340, false), (86_400, false)] {
            assert_eq!(opened.is_open(Timestamp::from_seconds(second)), open, "at {second} s");
        }
    }

    #[test]
    fn an_older_message_never_shortens_a_window() {
        let at = |s| Window::opened(ChannelType::Whatsapp, Timestamp::from_seconds(s));
        assert_eq!((at(5).join(at(3)), at(3).join(at(5))), (at(5), at(5)));
    }
}

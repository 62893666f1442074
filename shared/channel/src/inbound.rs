//! What a channel tells us, in our words.

use domain::{Identity, MessageType, Receipt, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// The app whose secret verified a webhook, and so for whom it may speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    pub app_id: String,
    /// The tenant whose own app it is; `None` for the install's own, which speaks for every account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
}

impl Signer {
    /// Whether it may speak for an account of this tenant.
    pub fn speaks_for(&self, tenant: &TenantId) -> bool {
        self.tenant.as_ref().is_none_or(|own| own == tenant)
    }
}

/// One thing that happened on a channel account.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Message(InboundMessage),
    Status(StatusUpdate),
    /// Understood, and nothing for the inbox (yet): counted and acknowledged, with the reason for the log.
    Ignored(&'static str),
}

/// A message that a participant wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct InboundMessage {
    /// The channel's id of it: with the account, what it is deduplicated by.
    pub external_id: String,
    /// By the channel's clock.
    pub at: Timestamp,
    /// The group it was written in; `None` in a one-to-one chat.
    pub group: Option<String>,
    /// Every name that the channel gave for its writer, the stablest first. Never empty.
    pub from: Vec<Identity>,
    /// The writer's name, if told and not blank.
    pub name: Option<String>,
    pub kind: MessageType,
    pub text: Option<String>,
    /// The channel's id of the message that it answers.
    pub reply_to: Option<String>,
    /// The channel's word for the type, where `kind` does not say it.
    pub raw_type: Option<String>,
    /// The payload as it came, where it says more than the fields above.
    pub raw: Option<String>,
    /// Whether it opens or extends the window for free answers.
    pub opens_window: bool,
}

/// What became of something that we sent.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusUpdate {
    /// The channel's id of the send.
    pub external_id: String,
    /// What we had sent along with it (`biz_opaque_callback_data`): [`crate::Outbound::reference`].
    pub reference: Option<String>,
    pub receipt: Receipt,
    pub at: Timestamp,
}

/// An event that can never be understood. It goes to quarantine with this reason, and its neighbours go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Poison {
    /// One sentence without any of the event's content.
    pub reason: String,
}

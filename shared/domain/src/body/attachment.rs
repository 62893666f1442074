//! A file that came with a message, or goes out with one.

use serde::{Deserialize, Serialize};

use crate::MessageType;

/// Where a file stands on its way from the channel to our own storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AttachmentState {
    /// Not fetched yet.
    #[default]
    Pending,
    Ready,
    /// It will not come; `reason` says why.
    Failed,
}

/// A file of a message. Its place among the message's files is its name there, so that it needs no id of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `image`, `video`, `audio`, `voice`, `file` or `sticker`.
    pub kind: MessageType,
    /// The channel's id of the file: how to fetch it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_media_id: Option<String>,
    /// As the channel tells it, without parameters: `audio/ogg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// As the customer's device called it. Only ever shown, never a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The channel's SHA-256, 64 hex digits; what it wrote in another form is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Whether a sticker moves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub animated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    #[serde(default)]
    pub state: AttachmentState,
    /// Why it failed: a stable word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Attachment {
    /// A file that is still to be fetched.
    pub fn pending(kind: MessageType, channel_media_id: Option<String>) -> Self {
        Self {
            kind,
            channel_media_id,
            mime_type: None,
            file_name: None,
            sha256: None,
            animated: false,
            bytes: None,
            state: AttachmentState::Pending,
            reason: None,
        }
    }
}

//! A file that came with a message, or goes out with one.

use serde::{Deserialize, Serialize};

use crate::{MessageType, UploadId};

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

/// A picture's size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PixelSize {
    pub width: u32,
    pub height: u32,
}

/// Why a file will not come, or not for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFailure {
    /// The channel has it no more, or never gave it to this account.
    Gone,
    /// Larger than a message's file may be.
    TooLarge,
    /// What came was not what the channel had announced, each time.
    Damaged,
    /// It could not be fetched in all the tries; an operator may have it tried again.
    Unavailable,
}

impl FileFailure {
    /// The stable word of `reason`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::TooLarge => "too_large",
            Self::Damaged => "damaged",
            Self::Unavailable => "unavailable",
        }
    }
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
    /// What an agent uploaded: then it lies under this name and not under its content's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Of a picture, in pixels, as it is to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<PixelSize>,
    /// Whether a small copy of it is stored beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub thumbnail: bool,
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
            upload: None,
            bytes: None,
            size: None,
            thumbnail: false,
            state: AttachmentState::Pending,
            reason: None,
        }
    }

    /// Whether somebody is still to fetch it.
    pub fn is_awaited(&self) -> bool {
        self.state == AttachmentState::Pending && self.channel_media_id.is_some()
    }

    /// Whether fetching it may still change something: it is awaited, or nothing but the tries came to an end.
    pub fn may_come(&self) -> bool {
        let gave_up = self.reason.as_deref() == Some(FileFailure::Unavailable.as_str());
        self.is_awaited() || (self.state == AttachmentState::Failed && gave_up && self.channel_media_id.is_some())
    }

    /// The same file, which will not come.
    #[must_use]
    pub fn failed(&self, why: FileFailure) -> Self {
        Self { state: AttachmentState::Failed, reason: Some(why.as_str().to_owned()), ..self.clone() }
    }
}

//! What a message says beyond its text: files, places, people, answers to buttons, orders, calls.

pub mod attachment;
pub mod context;
pub mod details;
pub mod offer;
pub mod template;

use serde::{Deserialize, Serialize};

pub use attachment::{Attachment, AttachmentState, FileFailure, PixelSize};
pub use context::{Context, Product, Referral};
pub use details::{
    CallDetails, CallState, Card, CardAddress, CardEmail, CardPhone, Degrees, Details, Interactive, Location, Order,
    OrderItem, ReactionDetails, SystemDetails, UnsupportedDetails,
};
pub use offer::{LinkButton, ListRow, ListSection, ReplyButton, ReplyButtons, ReplyList};
pub use template::{
    ButtonParameter, ButtonParameterKind, CardDetails, CardFilling, Filling, TemplateDetails, TextParameter,
};

/// Everything of a message that is not its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    pub context: Context,
}

impl Body {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn of(details: Details) -> Self {
        Self { details: Some(details), ..Self::default() }
    }

    /// How many of its files are still to be fetched.
    pub fn awaited_files(&self) -> usize {
        self.attachments.iter().filter(|file| file.is_awaited()).count()
    }

    /// What the list shows of a message without text: a place's name, a file's, whoever was shared.
    pub fn title(&self) -> Option<&str> {
        self.details.as_ref().and_then(Details::title).or_else(|| self.attachments.first()?.file_name.as_deref())
    }
}

//! What a channel tells us, in our words.

use domain::amend::Fill;
use domain::body::CallDetails;
use domain::template::TemplateNews;
use domain::{Body, Identity, MessageType, Pricing, Receipt, TenantId, Timestamp};
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
    /// Someone wrote, on either side.
    Message(Box<InboundMessage>),
    /// Something was done to an earlier message; it may come before that message.
    Amendment(AmendmentUpdate),
    Status(StatusUpdate),
    /// The channel told names of a person who need not have written.
    Names(NamesUpdate),
    /// Something about the account itself, for its log and its health.
    Notice(Notice),
    /// Understood, and nothing for the inbox: counted and acknowledged, with the reason for the log.
    Ignored(&'static str),
}

/// Who wrote a message, seen from its thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The participant that `from` names.
    Participant,
    /// The business, by other means than ours: what they are called.
    Business(&'static str),
    /// The channel itself tells of something.
    Channel,
}

/// A message of a thread.
#[derive(Clone, Debug, PartialEq)]
pub struct InboundMessage {
    /// The channel's id of it: with the account, what it is deduplicated by.
    pub external_id: String,
    /// By the channel's clock.
    pub at: Timestamp,
    /// The group it was written in; `None` in a one-to-one chat.
    pub group: Option<String>,
    /// Every name that the channel gave for the thread's participant, in a group for the writer; the stablest first, and of
    /// one kind the newest last. Never empty.
    pub from: Vec<Identity>,
    /// Their name, if told and not blank.
    pub name: Option<String>,
    pub by: By,
    pub kind: MessageType,
    /// What was written, or a file's caption.
    pub text: Option<String>,
    /// What it says beyond its text.
    pub body: Body,
    /// The channel's id of the message that it answers.
    pub reply_to: Option<String>,
    /// The channel's word for the type, where `kind` does not say it.
    pub raw_type: Option<String>,
    /// The payload as it came, where it says more than the fields above.
    pub raw: Option<String>,
    /// Whether it opens or extends the window for free answers.
    pub opens_window: bool,
    /// It was written before the account was connected here: it makes nothing unread and opens nothing.
    pub past: bool,
    /// What is known already of its way to the customer, where the business wrote it.
    pub receipt: Option<Receipt>,
}

/// Something that was done to an earlier message.
#[derive(Clone, Debug, PartialEq)]
pub struct AmendmentUpdate {
    /// The channel's id of that message.
    pub external_id: String,
    pub at: Timestamp,
    /// Who did it: a participant's names, or none for the business.
    pub by: Doer,
    pub what: Amended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doer {
    Participant { from: Vec<Identity>, name: Option<String> },
    Business(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Amended {
    /// `None`: the reaction was taken back.
    Reaction(Option<String>),
    /// What it says now.
    Edit(Option<String>),
    /// It was taken back for everyone.
    Revoke,
    Call(CallDetails),
    /// The file that belongs where a placeholder stood.
    Fill(Box<Fill>),
}

/// Names of a person, from an address book or because they have changed.
#[derive(Clone, Debug, PartialEq)]
pub struct NamesUpdate {
    /// The stablest first, and of one kind the newest last. Never empty.
    pub identities: Vec<Identity>,
    pub name: Option<String>,
    pub at: Timestamp,
}

/// Which of a business's accounts a notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The one that it came to.
    Account,
    /// The one number, as the channel writes it.
    Number(String),
    /// All of the business account's.
    Business,
}

/// What a channel tells about an account: quality, limits, reviews, templates.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The channel's word for the kind of notice: WhatsApp's webhook field.
    pub topic: String,
    /// The channel's word for what happened, e.g. `REJECTED`.
    pub event: Option<String>,
    /// One English sentence where the account's health is what it concerns.
    pub health: Option<String>,
    pub about: About,
    /// What became of one of its templates.
    pub template: Option<TemplateNews>,
    /// The payload as it came.
    pub raw: String,
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
    /// What the channel says that it costs.
    pub pricing: Option<Pricing>,
}

/// An event that can never be understood. It goes to quarantine with this reason, and its neighbours go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Poison {
    /// One sentence without any of the event's content.
    pub reason: String,
}

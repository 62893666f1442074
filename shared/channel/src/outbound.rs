//! A message out: what we ask of a channel, and what came of it.

use std::{future::Future, time::Duration};

use domain::body::{Card, Interactive, Location, ReactionDetails, TemplateDetails};
use domain::{Attachment, Body, ChannelType, Details, Failure, Identity, MessageType};

/// What to send, as it stands in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    Text(&'a str),
    /// A file, and its caption. The channel knows it by its `channel_media_id`, once it was uploaded there.
    File(&'a Attachment, Option<&'a str>),
    Location(&'a Location),
    Contacts(&'a [Card]),
    /// The words, and what can be pressed below them.
    Interactive(&'a str, &'a Interactive),
    /// With the files of its header and its cards, where those show some: the channel knows them as above.
    Template(&'a TemplateDetails, &'a [Attachment]),
    Reaction(&'a ReactionDetails),
}

impl<'a> Content<'a> {
    /// What a message says; `None` for what nobody sends.
    pub fn of(kind: MessageType, text: Option<&'a str>, body: &'a Body) -> Option<Self> {
        let words = text.unwrap_or_default();
        match (kind, &body.details, body.attachments.first()) {
            (_, Some(Details::Template(template)), _) => Some(Self::Template(template, &body.attachments)),
            (_, _, Some(file)) => Some(Self::File(file, text.filter(|caption| !caption.is_empty()))),
            (MessageType::Text, _, None) => Some(Self::Text(words)),
            (_, Some(Details::Location(place)), None) => Some(Self::Location(place)),
            (_, Some(Details::Contacts(cards)), None) => Some(Self::Contacts(cards)),
            (_, Some(Details::Interactive(offer)), None) => Some(Self::Interactive(words, offer)),
            (_, Some(Details::Reaction(reaction)), None) => Some(Self::Reaction(reaction)),
            (_, None, None)
            | (_, Some(Details::Order(_) | Details::Call(_) | Details::System(_) | Details::Unsupported(_)), None) => {
                None
            }
        }
    }
}

/// One message to one person.
#[derive(Clone, Copy, Debug)]
pub struct Outbound<'a> {
    /// The channel's id of the account that sends (WhatsApp: `phone_number_id`).
    pub account: &'a str,
    pub access_token: &'a str,
    /// Every identity known of the recipient.
    pub to: &'a [Identity],
    /// The channel's id of the group, where the thread is one: then it goes there, and to no one person.
    pub group: Option<&'a str>,
    pub content: Content<'a>,
    /// The channel's id of the message that this one answers.
    pub reply_to: Option<&'a str>,
    /// Ours; the channel returns it in every receipt. Our message id, a dot and the attempt.
    pub reference: &'a str,
}

/// What came of a call. Exhaustive on purpose: an unknown outcome is never treated as a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The channel took it under this id.
    Accepted { external_id: String, also_known_as: Vec<Identity> },
    /// It certainly did not take it.
    NotSent(NotSent),
    /// The request may or may not have arrived: never send it again blindly. One sentence for the log, without content.
    Unknown(String),
}

/// Why nothing was sent, by what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// Worth another try, not before this long if the channel says so, and this often at most if it is known not to pass later.
    Retry { after: Option<Duration>, at_most: Option<u32>, why: Failure },
    /// The account as a whole must send more slowly: not before this long, if the channel says so.
    Throttled { after: Option<Duration>, why: Failure },
    /// The account's token was refused: park until someone reconnects.
    Unauthorized(Failure),
    /// The account may not send for now (policy, payment): park and tell the admin.
    Blocked(Failure),
    /// It will never be taken.
    Final(Failure),
}

/// A content that the channel cannot take, found before anything is stored: the API answers 422 and names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// Within the part, e.g. `text` or `interactive.buttons[1].title`.
    pub field: String,
    pub code: &'static str,
    pub message: String,
}

/// One channel's dialect.
pub trait Channel {
    fn kind(&self) -> ChannelType;

    /// Whether the channel can take this content at all.
    fn check(&self, content: Content<'_>) -> Result<(), Invalid>;

    /// Calls the channel once, within eight seconds.
    fn send(&self, message: Outbound<'_>) -> impl Future<Output = Outcome> + Send;
}

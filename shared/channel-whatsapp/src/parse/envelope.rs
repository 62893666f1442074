//! What all messages have in common: an id, a time, who wrote it, what it answers and how it came about.

use channel::{By, InboundMessage, Poison};
use data_encoding::HEXLOWER;
use domain::body::{Context, Product, Referral};
use domain::{Body, Identity, MessageType, Timestamp};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::poison;
use crate::fields::{Fields, Leftovers};
use crate::identity::{Names, identify, identities};
use crate::lenient;

/// A person as a change's contacts tell them.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    pub(super) names: Names,
    /// Not blank.
    pub(super) name: Option<String>,
}

impl Person {
    /// What is odd about a contact must not cost the message: it only adds names.
    pub(super) fn of(contact: Option<&RawValue>) -> Self {
        let value = contact.and_then(|raw| lenient::value(raw.get()));
        let Some(mut contact) = value.and_then(|value| Fields::of(value, &Leftovers::default())) else {
            return Self::default();
        };
        let mut profile = contact.object("profile").unwrap_or_default();
        let username = profile.word("username").or_else(|| contact.word("username"));
        Self {
            names: Names {
                user_id: contact.word("user_id"),
                parent_user_id: contact.word("parent_user_id"),
                phone: contact.word("wa_id"),
                username,
            },
            name: profile.word("name").map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
        }
    }
}

/// The id and the time of an event.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub(super) id: String,
    pub(super) at: Timestamp,
}

impl Stamp {
    /// A message without an id is told apart by its content: a repetition of it is the same message still.
    pub(super) fn of(fields: &mut Fields, raw: &RawValue) -> Result<Self, Poison> {
        let id = fields.word("id").unwrap_or_else(|| {
            let digest = Sha256::digest(raw.get().as_bytes());
            format!("unnamed:{}", HEXLOWER.encode(&digest[..16]))
        });
        let at = fields.time("timestamp").ok_or_else(|| poison("a message's timestamp is not a time"))?;
        Ok(Self { id, at })
    }
}

/// An object out of a payload, and whether anything of it was left unread in the end.
pub(super) fn object(raw: &RawValue) -> Result<(Fields, Leftovers), Poison> {
    let leftovers = Leftovers::default();
    let value = lenient::value(raw.get()).ok_or_else(|| poison("the event is not JSON that we can read"))?;
    let fields = Fields::of(value, &leftovers).ok_or_else(|| poison("the event is not an object"))?;
    Ok((fields, leftovers))
}

pub(super) fn from_names(fields: &mut Fields) -> Names {
    Names {
        user_id: fields.word("from_user_id"),
        parent_user_id: fields.word("from_parent_user_id"),
        phone: fields.word("from"),
        username: None,
    }
}

pub(super) fn to_names(fields: &mut Fields) -> Names {
    let to = fields.word("to");
    let recipient = fields.word("recipient");
    Names {
        user_id: fields.word("to_user_id"),
        parent_user_id: fields.word("to_parent_user_id"),
        phone: to.or(recipient),
        username: None,
    }
}

/// The names of the one who wrote, or was written to.
pub(super) fn who(told: Names, contact: &Person) -> Result<Vec<Identity>, Poison> {
    let who = identities(&[told, contact.names.clone()]);
    if identify(&who) { Ok(who) } else { Err(poison("a message does not tell whose it is")) }
}

/// A message as yet without content.
pub(super) fn blank(stamp: Stamp, from: Vec<Identity>, name: Option<String>) -> InboundMessage {
    InboundMessage {
        external_id: stamp.id,
        at: stamp.at,
        group: None,
        from,
        name,
        by: By::Participant,
        kind: MessageType::Unsupported,
        text: None,
        body: Body::default(),
        reply_to: None,
        raw_type: None,
        raw: None,
        opens_window: false,
        past: false,
        receipt: None,
    }
}

/// What it answers, and how it came about.
pub(super) fn context(message: &mut Fields) -> (Option<String>, Context) {
    let mut context = Context { referral: message.object("referral").map(referral), ..Context::default() };
    let Some(mut told) = message.object("context") else { return (None, context) };
    told.ignore(&["from", "from_user_id", "from_parent_user_id"]);
    context.forwarded = told.flag("forwarded").unwrap_or_default();
    context.frequently_forwarded = told.flag("frequently_forwarded").unwrap_or_default();
    context.forwarded |= context.frequently_forwarded;
    context.product = told.object("referred_product").map(|mut product| Product {
        catalog_id: product.word("catalog_id"),
        product_retailer_id: product.word("product_retailer_id"),
    });
    (told.word("id"), context)
}

fn referral(mut told: Fields) -> Referral {
    let mut welcome = told.object("welcome_message").unwrap_or_default();
    Referral {
        source_type: told.word("source_type"),
        source_id: told.word("source_id"),
        source_url: told.word("source_url"),
        headline: told.word("headline"),
        body: told.word("body"),
        media_type: told.word("media_type"),
        image_url: told.word("image_url"),
        video_url: told.word("video_url"),
        thumbnail_url: told.word("thumbnail_url"),
        click_id: told.word("ctwa_clid"),
        welcome_text: welcome.word("text"),
    }
}

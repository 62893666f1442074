//! Who has a thread: Meta's agent, or us.

use channel::{By, Event, InboundMessage, Poison};
use domain::body::{Details, SystemDetails};
use domain::{Body, MessageType};
use serde_json::value::RawValue;

use super::envelope::{Person, Stamp, blank, object, who};
use super::{plain, poison};
use crate::identity::Names;

/// The event has no id of its own: its time, kind and customer make one.
pub(super) fn handover(raw: &RawValue) -> Result<Vec<Event>, Poison> {
    let (mut fields, _) = object(raw)?;
    let at = fields.time("timestamp").ok_or_else(|| poison("a handover's timestamp is not a time"))?;
    let kind = fields.word("type").unwrap_or_else(|| "handover".to_owned());
    let mut sender = fields.object("sender").unwrap_or_default();
    let names = Names {
        user_id: sender.word("user_id"),
        parent_user_id: sender.word("parent_user_id"),
        phone: sender.word("phone_number").or_else(|| sender.word("wa_id")),
        username: None,
    };
    let from = who(names, &Person::default())?;
    // `previous_owner_…` names who had it before: only the new owner's own words count.
    let mut told = fields.object(&kind).unwrap_or_default();
    let owner = told.word("new_owner_role").or_else(|| told.word("new_owner_app_role"));
    let customer = from.first().map(|identity| identity.value.as_str()).unwrap_or_default();
    let id = format!("handover:{}:{}:{customer}", at.millis(), plain(&kind));
    let details = SystemDetails { event: plain(&kind).to_owned(), owner: owner.map(|o| plain(&o).to_owned()) };
    Ok(vec![Event::Message(Box::new(InboundMessage {
        by: By::Channel,
        kind: MessageType::System,
        body: Body::of(Details::System(details)),
        raw_type: Some(plain(&kind).to_owned()),
        raw: Some(raw.get().to_owned()),
        ..blank(Stamp { id, at }, from, None)
    }))])
}

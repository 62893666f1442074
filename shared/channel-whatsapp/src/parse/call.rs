//! Calls: a message of the thread that changes as the call goes on. A customer's call opens the window as a message does.

use channel::{Amended, AmendmentUpdate, By, Doer, Event, InboundMessage, Poison};
use domain::body::{CallDetails, CallState, Details};
use domain::{Body, Identity, MessageType, Receipt};
use serde_json::value::RawValue;

use super::envelope::{Person, Stamp, blank, from_names, object, to_names, who};
use super::poison;
use crate::fields::Fields;

/// What the business calls with, as an author.
const BUSINESS: &str = "WhatsApp call";

pub(super) fn call(raw: &RawValue, contact: Option<&RawValue>) -> Result<Vec<Event>, Poison> {
    let (mut fields, _) = object(raw)?;
    let stamp = Stamp::of(&mut fields, raw)?;
    let contact = Person::of(contact);
    let ours = fields.word("direction").is_some_and(|direction| direction == "BUSINESS_INITIATED");
    let names = if ours { to_names(&mut fields) } else { from_names(&mut fields) };
    let customer = who(names, &contact)?;
    let details = details(&mut fields)?;
    let mut message = InboundMessage {
        kind: MessageType::Call,
        body: Body::of(Details::Call(details.clone())),
        opens_window: !ours,
        ..blank(stamp.clone(), customer.clone(), contact.name)
    };
    if ours {
        message.by = By::Business(BUSINESS);
        message.receipt = Some(Receipt::Accepted);
    }
    Ok(vec![Event::Message(Box::new(message)), amendment(stamp, customer, details)])
}

/// How the other side took a call of ours.
pub(super) fn status(raw: &RawValue) -> Result<Vec<Event>, Poison> {
    let (mut fields, _) = object(raw)?;
    let stamp = Stamp::of(&mut fields, raw)?;
    let state = match fields.word("status").as_deref() {
        Some("RINGING") => CallState::Ringing,
        Some("ACCEPTED") => CallState::Accepted,
        Some("REJECTED") => CallState::Rejected,
        Some(_) | None => return Ok(vec![Event::Ignored("a kind of call status that is not known")]),
    };
    let details = CallDetails { state, started_at: None, ended_at: None, duration_seconds: None };
    Ok(vec![amendment(stamp, Vec::new(), details)])
}

fn details(fields: &mut Fields) -> Result<CallDetails, Poison> {
    let started_at = fields.time("start_time");
    let duration_seconds = fields.number("duration").and_then(|seconds| u64::try_from(seconds).ok());
    let answered = started_at.is_some() || duration_seconds.is_some_and(|seconds| seconds > 0);
    let event = fields.word("event").ok_or_else(|| poison("a call does not tell what happened"))?;
    let state = match (event.as_str(), answered) {
        ("terminate", true) => CallState::Completed,
        ("terminate", false) => CallState::Missed,
        (_, true) => CallState::Accepted,
        (_, false) => CallState::Ringing,
    };
    Ok(CallDetails { state, started_at, ended_at: fields.time("end_time"), duration_seconds })
}

fn amendment(stamp: Stamp, from: Vec<Identity>, details: CallDetails) -> Event {
    let by = Doer::Participant { from, name: None };
    Event::Amendment(AmendmentUpdate { external_id: stamp.id, at: stamp.at, by, what: Amended::Call(details) })
}

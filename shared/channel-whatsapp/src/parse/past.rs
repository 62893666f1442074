//! Messages from before a number was connected here.

use channel::{Amended, AmendmentUpdate, By, Doer, Event, InboundMessage, Poison};
use domain::Receipt;
use domain::amend::{Fill, PLACEHOLDER};
use domain::delivery::Failure;
use serde_json::value::RawValue;

use super::amendment;
use super::envelope::{Person, Stamp, blank, from_names, object, to_names, who};
use super::message::fill;
use crate::fields::Fields;
use crate::identity::Names;
use crate::piece::Elsewhere;

pub(super) fn past(
    raw: &RawValue,
    contact: Option<&RawValue>,
    thread: Option<String>,
    business: Option<String>,
) -> Result<Vec<Event>, Poison> {
    let (mut fields, leftovers) = object(raw)?;
    let stamp = Stamp::of(&mut fields, raw)?;
    let (from, to) = (from_names(&mut fields), to_names(&mut fields));
    let ours = is_ours(&from, &to, thread.as_deref(), business.as_deref());
    let contact = with_thread(Person::of(contact), thread);
    let customer = who(if ours { to } else { from }, &contact)?;
    let kind = fields.word("type").unwrap_or_default();
    let receipt = receipt(&mut fields).filter(|_| ours);
    let by = match ours {
        true => Doer::Business(Elsewhere::Phone.name()),
        false => Doer::Participant { from: customer.clone(), name: contact.name.clone() },
    };
    if let Some(update) = amendment::amendment(&kind, &mut fields, &stamp, &by) {
        return Ok(vec![Event::Amendment(update)]);
    }
    let at = stamp.at;
    let mut message = InboundMessage { past: true, receipt, ..blank(stamp, customer, contact.name) };
    if ours {
        message.by = By::Business(Elsewhere::Phone.name());
    }
    fill(&mut message, &kind, fields, &leftovers, raw);
    if kind == PLACEHOLDER {
        message.raw_type = Some(PLACEHOLDER.to_owned());
    }
    let mut events = Vec::new();
    // The file of a placeholder comes later, or before it.
    if !message.body.attachments.is_empty() {
        let file = Fill { kind: message.kind, text: message.text.clone(), body: message.body.clone() };
        let external_id = message.external_id.clone();
        events.push(Event::Amendment(AmendmentUpdate { external_id, at, by, what: Amended::Fill(Box::new(file)) }));
    }
    events.insert(0, Event::Message(Box::new(message)));
    Ok(events)
}

/// Whether the business wrote it: its own number is the writer, or else the customer of the thread is not.
fn is_ours(from: &Names, to: &Names, thread: Option<&str>, business: Option<&str>) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let same = |a: Option<&str>, b: Option<&str>| match (a.map(digits), b.map(digits)) {
        (Some(a), Some(b)) => !a.is_empty() && a == b,
        _ => false,
    };
    if same(from.phone.as_deref(), business) {
        return true;
    }
    let told_to = to.phone.is_some() || to.user_id.is_some();
    told_to && from.user_id.is_none() && !same(from.phone.as_deref(), thread)
}

/// The thread's id is the customer's number, or whatever stands for it.
fn with_thread(mut contact: Person, thread: Option<String>) -> Person {
    contact.names.phone = contact.names.phone.or(thread);
    contact
}

/// How far a message of the business had come. What was pending then is taken to have left.
fn receipt(message: &mut Fields) -> Option<Receipt> {
    let mut told = message.object("history_context")?;
    told.ignore(&["from_me"]);
    let failure =
        || Failure { code: "rejected".to_owned(), title: "WhatsApp did not deliver it".to_owned(), channel_code: None };
    Some(match told.word("status")?.to_ascii_uppercase().as_str() {
        "READ" | "PLAYED" => Receipt::Read,
        "DELIVERED" => Receipt::Delivered,
        "ERROR" | "FAILED" => Receipt::Failed(failure()),
        _ => Receipt::Accepted,
    })
}

//! A message: a customer's, or what the business wrote by other means.

use channel::{By, Doer, Event, InboundMessage, Poison};
use domain::{MessageType, Receipt};
use serde_json::value::RawValue;

use super::envelope::{Person, Stamp, blank, context, from_names, object, to_names, who};
use super::{amendment, body, system};
use crate::fields::{Fields, Leftovers};
use crate::piece::Elsewhere;

/// What a customer wrote, or did to an earlier message.
pub(super) fn customers(raw: &RawValue, contact: Option<&RawValue>) -> Result<Vec<Event>, Poison> {
    let (mut fields, leftovers) = object(raw)?;
    let stamp = Stamp::of(&mut fields, raw)?;
    let kind = fields.word("type").unwrap_or_default();
    let contact = Person::of(contact);
    let names = from_names(&mut fields);
    if matches!(kind.as_str(), "system" | "request_welcome") {
        return system::system(&kind, fields, stamp, names, contact);
    }
    let from = who(names, &contact)?;
    let by = Doer::Participant { from: from.clone(), name: contact.name.clone() };
    if let Some(update) = amendment::amendment(&kind, &mut fields, &stamp, &by) {
        return Ok(vec![Event::Amendment(update)]);
    }
    let mut message = InboundMessage { opens_window: true, ..blank(stamp, from, contact.name) };
    fill(&mut message, &kind, fields, &leftovers, raw);
    Ok(vec![Event::Message(Box::new(message))])
}

/// What the business wrote by other means than ours, and did to an earlier message.
pub(super) fn echo(raw: &RawValue, contact: Option<&RawValue>, by: Elsewhere) -> Result<Vec<Event>, Poison> {
    let (mut fields, leftovers) = object(raw)?;
    let stamp = Stamp::of(&mut fields, raw)?;
    // The agent's echoes are nested once more.
    let mut fields = match fields.object("message") {
        Some(inner) => inner,
        None => fields,
    };
    fields.ignore(&["recipient_type"]);
    let contact = Person::of(contact);
    let customer = who(to_names(&mut fields), &contact)?;
    // The business itself.
    let _ = from_names(&mut fields);
    let kind = fields.word("type").unwrap_or_default();
    if let Some(update) = amendment::amendment(&kind, &mut fields, &stamp, &Doer::Business(by.name())) {
        return Ok(vec![Event::Amendment(update)]);
    }
    let mut message = blank(stamp, customer, contact.name);
    message.by = By::Business(by.name());
    message.receipt = Some(Receipt::Accepted);
    fill(&mut message, &kind, fields, &leftovers, raw);
    Ok(vec![Event::Message(Box::new(message))])
}

/// Everything of a message that its type decides; it is kept as it came where something of it was left unread.
pub(super) fn fill(
    message: &mut InboundMessage,
    kind: &str,
    mut fields: Fields,
    leftovers: &Leftovers,
    raw: &RawValue,
) {
    message.group = fields.word("group_id");
    let (reply_to, context) = context(&mut fields);
    let said = body::said(kind, &mut fields);
    drop(fields);
    message.reply_to = reply_to;
    message.kind = said.kind;
    message.text = said.text;
    message.body = said.body;
    message.body.context = context;
    message.raw_type = said.raw_type;
    if leftovers.any() || message.kind == MessageType::Unsupported {
        message.raw = Some(raw.get().to_owned());
    }
}

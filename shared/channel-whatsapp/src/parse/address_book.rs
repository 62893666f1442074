//! The address book of a number that is also used in the WhatsApp Business app.

use channel::{Event, NamesUpdate, Poison};
use domain::Timestamp;
use serde_json::value::RawValue;

use super::envelope::object;
use super::poison;
use crate::identity::{Names, identify, identities};

pub(super) fn entry(raw: &RawValue) -> Result<Vec<Event>, Poison> {
    let (mut fields, _) = object(raw)?;
    if fields.word("action").as_deref() == Some("remove") {
        return Ok(vec![Event::Ignored("an entry that left the address book")]);
    }
    let mut contact = fields.object("contact").ok_or_else(|| poison("an address book's entry lacks its contact"))?;
    let names = Names {
        user_id: contact.word("user_id"),
        parent_user_id: contact.word("parent_user_id"),
        phone: contact.word("phone_number").or_else(|| contact.word("wa_id")),
        username: contact.word("username"),
    };
    let identities = identities(&[names]);
    if !identify(&identities) {
        return Err(poison("an address book's entry does not tell whose it is"));
    }
    let name = contact.word("full_name").or_else(|| contact.word("first_name"));
    let at = fields.object("metadata").and_then(|mut metadata| metadata.time("timestamp"));
    let at = at.unwrap_or(Timestamp::from_millis(0));
    let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    Ok(vec![Event::Names(NamesUpdate { identities, name, at })])
}

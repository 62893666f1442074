//! What the channel itself says in a thread: a new number, a new id, another device, a first visit.

use channel::{By, Event, InboundMessage, Poison};
use domain::body::{Details, SystemDetails};
use domain::{Body, MessageType};

use super::envelope::{Person, Stamp, blank};
use super::{plain, poison};
use crate::fields::Fields;
use crate::identity::{Names, changed, identify};

/// A number or an id that changed keeps its contact: the message names both, the new one last.
pub(super) fn system(
    kind: &str,
    mut message: Fields,
    stamp: Stamp,
    names: Names,
    contact: Person,
) -> Result<Vec<Event>, Poison> {
    let mut told = message.object("system").unwrap_or_default();
    let event = told.word("type").unwrap_or_else(|| kind.to_owned());
    let before = Names {
        user_id: told.word("previous_user_id"),
        parent_user_id: told.word("previous_parent_user_id"),
        phone: told.word("customer"),
        username: None,
    };
    let phone = told.word("wa_id").or_else(|| told.word("new_wa_id"));
    let (user_id, parent_user_id) = (told.word("user_id"), told.word("parent_user_id"));
    let after = Names { user_id, parent_user_id, phone, username: None };
    let from = changed(&[before, names, contact.names], &[after]);
    if !identify(&from) {
        return Err(poison("a message does not tell whose it is"));
    }
    let details = Details::System(SystemDetails { event: plain(&event).to_owned(), owner: None });
    Ok(vec![Event::Message(Box::new(InboundMessage {
        by: By::Channel,
        kind: MessageType::System,
        text: told.word("body"),
        body: Body::of(details),
        raw_type: Some(plain(&event).to_owned()),
        ..blank(stamp, from, contact.name)
    }))])
}

//! What a piece of a webhook means, in our words. Tolerant: what is not understood is kept as it came.

mod address_book;
mod amendment;
mod body;
mod call;
mod card;
mod envelope;
mod handover;
mod message;
mod notice;
mod past;
mod status;
mod system;
#[cfg(test)]
mod tests;

use channel::{Event, Poison};
use serde_json::value::RawValue;

use crate::piece::Piece;

/// Reads one piece that [`crate::split`] made.
pub fn parse(piece: &RawValue) -> Result<Vec<Event>, Poison> {
    match serde_json::from_str(piece.get()).map_err(|_| poison("the event is not in a form that we know"))? {
        Piece::Message { message, contact } => message::customers(message, contact),
        Piece::Echo { message, contact, by } => message::echo(message, contact, by),
        Piece::Past { message, contact, thread, business } => past::past(message, contact, thread, business),
        Piece::Call { call, contact } => call::call(call, contact),
        Piece::CallStatus(status) => call::status(status),
        Piece::Status(status) => status::status(status).map(|event| vec![event]),
        Piece::Book(entry) => address_book::entry(entry),
        Piece::Handover(value) => handover::handover(value),
        Piece::Errors(errors) => Ok(vec![Event::Notice(notice::errors(errors))]),
        Piece::Change { field, value } => notice::change(&field, value).map(|notice| vec![Event::Notice(notice)]),
        Piece::Odd { field, key, value } => {
            let (field, key) = (plain(&field), plain(&key));
            let form = if value.get().starts_with('[') { "is not known" } else { "is not the list that it should be" };
            Err(poison(&format!("webhook field {field} carries {key}, which {form}")))
        }
    }
}

fn poison(reason: &str) -> Poison {
    Poison { reason: reason.to_owned() }
}

/// A field's name is Meta's, never a customer's: still, only what looks like one is repeated.
fn plain(text: &str) -> &str {
    let plain = !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain { text } else { "of an unknown name" }
}

//! The `history` of a number that was in use before: thousands of messages, by thread.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::contacts::Contacts;
use super::parts::{Parts, first_word, list, parts, word};
use super::{Change, says_something};
use crate::piece::Piece;

/// Chunks hold threads; a file of an old message comes later, as a message of its own beside them.
pub(super) fn of_history<'a>(change: &mut Change<'_, 'a>, value: Parts<'a>) {
    let business = value.get("metadata").and_then(|raw| word(&parts(raw)?, "display_phone_number"));
    if let Some(all) = value.get("contacts").and_then(list) {
        change.contacts = Contacts::of(&all);
    }
    for key in ["messages", "message_echoes"] {
        let Some(raw) = value.get(key) else { continue };
        let all = change.each(raw, |change, place, item, head| {
            let names = match key {
                "messages" => [word(&head, "from_user_id"), word(&head, "from")],
                _ => [word(&head, "to_user_id"), word(&head, "to")],
            };
            let contact = change.contacts.of_writer(place, &names);
            let thread = names.iter().flatten().next().cloned();
            past(change, item, contact, thread, business.as_deref());
        });
        odd_unless(all, change, key, raw);
    }
    if let Some(raw) = value.get("history") {
        let all = change.each(raw, |change, _, _, chunk| of_chunk(change, &chunk, business.as_deref()));
        odd_unless(all, change, "history", raw);
    }
    if let Some(errors) = value.get("errors") {
        change.add(Some(Cow::Borrowed("errors")), Piece::Errors(errors));
    }
    // Alone it is a whole change that is not understood.
    if change.understood {
        beside(change, &value, &["messages", "message_echoes", "history", "errors"]);
    }
}

fn of_chunk<'a>(change: &mut Change<'_, 'a>, chunk: &Parts<'a>, business: Option<&str>) {
    if let Some(errors) = chunk.get("errors") {
        change.add(Some(Cow::Borrowed("errors")), Piece::Errors(errors));
    }
    beside(change, chunk, &["threads", "errors"]);
    let Some(threads) = chunk.get("threads") else { return };
    let all = change.each(threads, |change, _, _, thread| {
        let contact = thread.get("context");
        let names = contact.and_then(parts).unwrap_or_default();
        let id = word(&thread, "id").or_else(|| first_word(&names, &["user_id", "wa_id"]));
        beside(change, &thread, &["context", "messages"]);
        let Some(messages) = thread.get("messages") else { return };
        let all = change.each(messages, |change, _, item, _| past(change, item, contact, id.clone(), business));
        odd_unless(all, change, "messages", messages);
    });
    odd_unless(all, change, "threads", threads);
}

fn past<'a>(
    change: &mut Change<'_, 'a>,
    message: &'a RawValue,
    contact: Option<&'a RawValue>,
    thread: Option<Cow<'a, str>>,
    business: Option<&str>,
) {
    let (named, business) = (thread.as_deref().map(str::to_owned), business.map(str::to_owned));
    change.add(thread, Piece::Past { message, contact, thread: named, business });
}

/// What is not known to be there, and says something.
fn beside<'a>(change: &mut Change<'_, 'a>, fields: &Parts<'a>, known: &[&str]) {
    let names_things = ["messaging_product", "metadata", "contacts"];
    let odd =
        |(key, raw): &(&str, &'a RawValue)| !known.contains(key) && !names_things.contains(key) && says_something(raw);
    fields.iter().filter(odd).for_each(|(key, raw)| odd_unless(false, change, key, raw));
}

fn odd_unless<'a>(list: bool, change: &mut Change<'_, 'a>, key: &str, value: &'a RawValue) {
    if !list {
        let field = change.field.to_owned();
        change.add(Some(format!("odd:{key}").into()), Piece::Odd { field, key: key.to_owned(), value });
    }
}

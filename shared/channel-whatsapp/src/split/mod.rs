//! Splits a webhook by its routing fields alone: which account, which thread. What an event means is decided later.

mod contacts;
mod parts;
mod past;
mod route;
#[cfg(test)]
mod tests;
mod usual;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::piece::{Elsewhere, Piece};
use contacts::Contacts;
use parts::{Parts, first_word, list, parts, word};
use route::Routes;

/// The events of one thread of one account, in the order of the POST.
#[derive(Debug)]
pub struct Routed<'a> {
    /// `phone_number_id`; for what concerns no number, the business account: [`BUSINESS_ACCOUNT`] and its id.
    pub account: Option<Cow<'a, str>>,
    /// The business account that it came under, in the same form.
    pub business: Option<String>,
    /// Keeps its order: the customer, the group.
    pub thread: Cow<'a, str>,
    pub events: Vec<RawEvent<'a>>,
    /// What has no routing fields that can be read; then `events` is empty.
    pub unreadable: Option<String>,
}

/// One event, written as [`crate::parse`] reads it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct RawEvent<'a>(Piece<'a, Parts<'a>>);

/// What the route of a WhatsApp business account (WABA) starts with; a number's is digits alone.
pub const BUSINESS_ACCOUNT: &str = "waba:";

/// The webhooks' `object`.
const OBJECT: &str = "whatsapp_business_account";

/// The field of messages and their statuses.
const MESSAGES: &str = "messages";

/// Splits the body of a verified webhook. `None`: it says that it is of another product.
pub fn split(body: &str) -> Option<Vec<Routed<'_>>> {
    let mut routes = Routes::default();
    match usual::usual(body) {
        Some(usual) => usual.entry.into_iter().for_each(|entry| of_usual_entry(entry, &mut routes)),
        None => of_body(body, &mut routes)?,
    }
    Some(routes.all)
}

fn of_usual_entry<'a>(entry: usual::Entry<'a>, routes: &mut Routes<'a>) {
    routes.business = Some(format!("{BUSINESS_ACCOUNT}{}", entry.id));
    for usual::Change { value, .. } in entry.changes {
        let contacts = Contacts::of(&value.contacts);
        let account = Cow::Borrowed(value.metadata.phone_number_id);
        let mut change = Change { field: MESSAGES, account, contacts, understood: false, routes };
        value.messages.into_iter().enumerate().for_each(|(place, message)| change.message(place, message));
        value.statuses.into_iter().for_each(|status| change.status(status));
    }
}

fn of_body<'a>(body: &'a str, routes: &mut Routes<'a>) -> Option<()> {
    let webhook = serde_json::from_str::<Parts<'_>>(body).unwrap_or_default();
    if word(&webhook, "object").is_some_and(|object| object != OBJECT) {
        return None;
    }
    match webhook.get("entry").and_then(list).filter(|entries| !entries.is_empty()) {
        Some(entries) => entries.into_iter().for_each(|entry| of_entry(entry, routes)),
        None => routes.unreadable(None, body),
    }
    Some(())
}

fn of_entry<'a>(raw: &'a RawValue, routes: &mut Routes<'a>) {
    let entry = parts(raw);
    let business = entry.as_ref().and_then(|e| word(e, "id")).map(|id| format!("{BUSINESS_ACCOUNT}{id}"));
    routes.business.clone_from(&business);
    match entry.and_then(|e| list(e.get("changes")?)).filter(|changes| !changes.is_empty()) {
        Some(changes) => changes.into_iter().for_each(|raw| of_change(raw, business.as_deref(), routes)),
        None => routes.unreadable(business.map(Cow::Owned), raw.get()),
    }
}

fn of_change<'a>(raw: &'a RawValue, business: Option<&str>, routes: &mut Routes<'a>) {
    let whole = |routes: &mut Routes<'a>| routes.unreadable(business.map(|id| Cow::Owned(id.to_owned())), raw.get());
    let change = parts(raw);
    let told = change.as_ref().and_then(|c| c.get("value"));
    let Some(raw_value) = told else { return whole(routes) };
    let value = parts(raw_value).unwrap_or_default();
    let field = change.as_ref().and_then(|c| word(c, "field")).or_else(|| field_of(&value));
    let Some(field) = field else { return whole(routes) };
    let number = account(&value);
    if number.is_none() && business.is_none() {
        return routes.unreadable(None, raw.get());
    }
    of_value(&field, number, business, (raw_value, value), routes);
}

/// The number that a change concerns, if it concerns one.
fn account<'a>(value: &Parts<'a>) -> Option<Cow<'a, str>> {
    ["metadata", "recipient"].iter().find_map(|of| word(&parts(value.get(of)?)?, "phone_number_id"))
}

/// One change of a number, or of its business account; `value` as it came, and its fields.
fn of_value<'a>(
    field: &str,
    number: Option<Cow<'a, str>>,
    business: Option<&str>,
    (raw, value): (&'a RawValue, Parts<'a>),
    routes: &mut Routes<'a>,
) {
    let of_number = number.is_some();
    let account = number.unwrap_or_else(|| Cow::Owned(business.unwrap_or_default().to_owned()));
    let mut change = Change { field, account, contacts: Contacts::default(), understood: false, routes };
    if of_number {
        change.of_field(raw, value);
    }
    if !change.understood {
        change.add(Some(Cow::Owned(format!("field:{field}"))), Piece::Change { field: field.to_owned(), value: raw });
    }
}

/// The field that a change is of where it does not say so: what it holds tells.
fn field_of(value: &Parts<'_>) -> Option<Cow<'static, str>> {
    let fields = [
        ("messages", "messages"),
        ("statuses", "messages"),
        ("message_echoes", "smb_message_echoes"),
        ("calls", "calls"),
        ("history", "history"),
        ("state_sync", "smb_app_state_sync"),
    ];
    fields.iter().find(|(list, _)| value.get(list).is_some()).map(|(_, field)| Cow::Borrowed(*field))
}

/// One change that concerns a number, on its way to the pieces of its threads.
struct Change<'c, 'a> {
    field: &'c str,
    account: Cow<'a, str>,
    contacts: Contacts<'a>,
    /// Something of it became a piece.
    understood: bool,
    routes: &'c mut Routes<'a>,
}

impl<'a> Change<'_, 'a> {
    fn of_field(&mut self, whole: &'a RawValue, mut value: Parts<'a>) {
        let of_lists: fn(&mut Self, &str, &'a RawValue) -> bool = match self.field {
            MESSAGES => Self::of_messages,
            "standby" => {
                // One level deeper, as far as anyone has seen.
                if let Some(nested) = value.get("standby").and_then(parts) {
                    value.remove("standby");
                    value.extend(nested);
                }
                Self::of_standby
            }
            "smb_message_echoes" => Self::of_echoes,
            "calls" => Self::of_calls,
            "smb_app_state_sync" => Self::of_address_book,
            "history" => return past::of_history(self, value),
            "messaging_handovers" => {
                let sender = value.get("sender").and_then(parts).unwrap_or_default();
                let thread = first_word(&sender, &["user_id", "wa_id", "phone_number"]);
                return self.add(thread, Piece::Handover(whole));
            }
            _ => return,
        };
        self.of_parts(value, of_lists);
    }

    /// Each list of a change by what it is known to hold; what is not known of it, or is no list, is kept beside.
    fn of_parts(&mut self, value: Parts<'a>, known: fn(&mut Self, &str, &'a RawValue) -> bool) {
        let contacts = value.get("contacts").and_then(list);
        let listed = contacts.is_some();
        self.contacts = contacts.map_or_else(Contacts::default, |all| Contacts::of(&all));
        let mut keys: Vec<_> = value.into_iter().filter(|(_, raw)| says_something(raw)).collect();
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        let mut odd = Vec::new();
        for (key, raw) in keys {
            match &*key {
                "messaging_product" | "metadata" => {}
                "contacts" if listed => {}
                "errors" => self.add(Some(Cow::Borrowed("errors")), Piece::Errors(raw)),
                _ if known(self, &key, raw) => {}
                _ => odd.push((key, raw)),
            }
        }
        // Alone it is a whole change that is not understood; beside others it is told on its own.
        if self.understood {
            for (key, value) in odd {
                let field = self.field.to_owned();
                self.add(Some(format!("odd:{key}").into()), Piece::Odd { field, key: key.into_owned(), value });
            }
        }
    }

    fn of_messages(&mut self, key: &str, raw: &'a RawValue) -> bool {
        match key {
            "messages" => self.each(raw, |change, place, _, message| change.message(place, message)),
            "statuses" => self.each(raw, |change, _, _, status| change.status(status)),
            _ => false,
        }
    }

    fn of_standby(&mut self, key: &str, raw: &'a RawValue) -> bool {
        match key {
            "message_echoes" => self.each(raw, |change, _, item, head| {
                // Nested once more.
                let inner = head.get("message").and_then(parts).unwrap_or_default();
                change.echo(item, &head, &inner, Elsewhere::Agent);
            }),
            _ => self.of_messages(key, raw),
        }
    }

    fn of_echoes(&mut self, key: &str, raw: &'a RawValue) -> bool {
        match key {
            "message_echoes" => {
                self.each(raw, |change, _, item, head| change.echo(item, &head, &Parts::default(), Elsewhere::Phone))
            }
            "statuses" => self.each(raw, |change, _, _, status| change.status(status)),
            _ => false,
        }
    }

    fn of_calls(&mut self, key: &str, raw: &'a RawValue) -> bool {
        match key {
            "calls" => self.each(raw, |change, _, item, head| {
                let names = ["from_user_id", "from", "to_user_id", "to"].map(|key| word(&head, key));
                // A call has one customer, and whom it names may be the business alone.
                let contact = change.contacts.of_one(&names).or_else(|| change.contacts.single());
                let thread = change.contacts.thread_of_one(&names);
                change.add(thread, Piece::Call { call: item, contact });
            }),
            "statuses" => self.each(raw, |change, _, item, head| {
                let names = [word(&head, "recipient_user_id"), word(&head, "recipient_id")];
                let thread = change.contacts.thread_of_one(&names);
                change.add(thread, Piece::CallStatus(item));
            }),
            _ => false,
        }
    }

    fn of_address_book(&mut self, key: &str, raw: &'a RawValue) -> bool {
        match key {
            "state_sync" => self.each(raw, |change, _, item, head| {
                let contact = head.get("contact").and_then(parts).unwrap_or_default();
                change.add(first_word(&contact, &["user_id", "phone_number"]), Piece::Book(item));
            }),
            _ => false,
        }
    }

    fn message(&mut self, place: usize, message: Parts<'a>) {
        let names = [word(&message, "from_user_id"), word(&message, "from")];
        let contact = self.contacts.of_writer(place, &names);
        let thread = word(&message, "group_id").or_else(|| names.into_iter().flatten().next());
        self.add(thread, Piece::Message { message, contact });
    }

    fn echo(&mut self, item: &'a RawValue, head: &Parts<'a>, inner: &Parts<'a>, by: Elsewhere) {
        let names = ["to_user_id", "to", "recipient"].map(|key| word(head, key).or_else(|| word(inner, key)));
        let contact = self.contacts.of_one(&names);
        let thread = names.into_iter().flatten().next();
        self.add(thread, Piece::Echo { message: item, contact, by });
    }

    fn status(&mut self, status: Parts<'a>) {
        self.add(first_word(&status, &["recipient_user_id", "recipient_id"]), Piece::Status(status));
    }

    /// Each object of a list; `false` where it is no list.
    fn each(&mut self, raw: &'a RawValue, mut each: impl FnMut(&mut Self, usize, &'a RawValue, Parts<'a>)) -> bool {
        let Some(items) = list(raw) else { return false };
        for (place, item) in items.into_iter().enumerate() {
            match parts(item) {
                Some(head) => each(self, place, item, head),
                None => {
                    self.understood = true;
                    self.routes.unreadable(Some(self.account.clone()), item.get());
                }
            }
        }
        true
    }

    fn add(&mut self, thread: Option<Cow<'a, str>>, piece: Piece<'a, Parts<'a>>) {
        self.understood = true;
        self.routes.add(self.account.clone(), thread.unwrap_or_default(), RawEvent(piece));
    }
}

/// Whether there is anything in it: a list or an object with something inside. Single words beside the lists only name things.
fn says_something(raw: &RawValue) -> bool {
    let text = raw.get();
    let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    text.starts_with(['[', '{']) && !inside.trim().is_empty()
}

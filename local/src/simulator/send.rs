//! What a business asks to be sent: judged as WhatsApp judges it, kept in the chat, its statuses put on their way.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::account::SimAccount;
use super::content::{Content, TEMPLATE, content};
use super::faults::take;
use super::refusal::Refusal;
use super::store::{Parcel, State, kept_message, kept_parcel};
use super::thread::{Author, Message, REACTION, ThreadKey, Tick};
use super::webhook::{NO_SUCH_MESSAGE, WINDOW_CLOSED, digits, status};
use super::{Pace, fresh_id, uploads};
use crate::aws::journal::Change;

/// How long "is typing" is shown at most.
/// [Typing indicators](https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators).
const TYPING_MS: u64 = 25_000;

/// A request, its fields as Graph names them.
pub(super) struct Request(Map<String, Value>);

impl Request {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let request: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| Refusal::invalid("The body is not the JSON of a message"))?;
        match request.get("messaging_product").map(|product| product == "whatsapp") {
            Some(true) => Ok(Self(request)),
            Some(false) => Err(Refusal::value("Param messaging_product must be whatsapp")),
            None => Err(Refusal::missing("messaging_product")),
        }
    }

    pub(super) fn marks_read(&self) -> bool {
        self.word("status") == Some("read")
    }

    fn word(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }

    fn quoted(&self) -> Option<String> {
        self.0.get("context")?.get("message_id")?.as_str().map(str::to_owned)
    }

    /// The customer's number. `to` wins over `recipient`, which holds a business-scoped user id.
    fn customer(&self, state: &State, account: &SimAccount) -> Result<String, Refusal> {
        if let Some(to) = self.word("to") {
            let phone = digits(to);
            return if (5..=15).contains(&phone.len()) {
                Ok(phone)
            } else {
                Err(Refusal::value("Param to is not a phone number"))
            };
        }
        let id = self.word("recipient").ok_or_else(|| Refusal::missing("to"))?;
        let of_account = state.threads.keys().filter(|thread| thread.phone_number_id == account.phone_number_id);
        let known = of_account.map(|thread| &thread.from).find(|from| account.user_id(from) == id);
        known.cloned().ok_or_else(|| Refusal::value("Param recipient is not a user of this business"))
    }
}

/// What came of a send that was accepted.
pub(super) struct Accepted {
    pub(super) answer: Value,
    pub(super) changes: Vec<Change>,
    pub(super) parcels: Vec<Parcel>,
}

/// Accepts a message: that promises nothing, the statuses will tell.
pub(super) fn accept(
    state: &mut State,
    account: &SimAccount,
    request: &Request,
    now: u64,
    pace: Pace,
) -> Result<Accepted, Refusal> {
    let said = match uploads::sent(state, account, &request.0) {
        Some(sent) => {
            let (file, text) = sent?;
            Content { kind: file.kind.clone(), text, on: None, file: Some(file), object: None }
        }
        None => {
            let file = |kind: &str, object: &Value| uploads::named(state, account, kind, object);
            content(&request.0, &state.templates(&account.waba_id), file)?
        }
    };
    let from = request.customer(state, account)?;
    let thread = ThreadKey { phone_number_id: account.phone_number_id.clone(), from };
    let seq = state.next_seq();
    let chat = state.threads.entry(thread.clone()).or_default();
    let mut changes = Vec::new();
    let error = if said.kind != TEMPLATE && !chat.window_is_open(now) {
        Some(WINDOW_CLOSED)
    } else if let Some(on) = &said.on {
        match chat.find(on) {
            Some(message) => {
                message.reaction = Some(said.text.clone()).filter(|emoji| !emoji.is_empty());
                changes.push(kept_message(&thread, message));
                None
            }
            None => Some(NO_SUCH_MESSAGE),
        }
    } else {
        None
    };
    let message = Message {
        seq,
        id: fresh_id(),
        author: Author::Business,
        kind: said.kind,
        text: said.text,
        at: now,
        reply_to: request.quoted(),
        reference: request.word("biz_opaque_callback_data").map(str::to_owned),
        reaction: None,
        tick: Tick::Accepted,
        file: said.file,
        object: said.object,
        error,
    };
    chat.messages.insert(seq, message.clone());
    chat.typing_until = 0;
    let parcels = statuses(state, account, &thread, &message, pace);
    changes.push(kept_message(&thread, &message));
    changes.extend(parcels.iter().map(kept_parcel));
    let input = request.word("to").or_else(|| request.word("recipient"));
    let mut contact = json!({ "input": input, "user_id": account.user_id(&thread.from) });
    if request.word("to").is_some() {
        contact["wa_id"] = json!(thread.from);
    }
    let answer = json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": message.id }] });
    Ok(Accepted { answer, changes, parcels })
}

/// What the business will be told of a message: sent, then delivered; or that the window is shut.
fn statuses(state: &mut State, account: &SimAccount, thread: &ThreadKey, message: &Message, pace: Pace) -> Vec<Parcel> {
    if take(&mut state.faults.silent) {
        return Vec::new();
    }
    let (sent, delivered) = (later(message.at, pace.sent), later(message.at, pace.sent + pace.delivered));
    // Each tells its true time; only their order on the way may be another.
    let mut due = vec![(Tick::Sent, sent, sent), (Tick::Delivered, delivered, delivered)];
    if message.error.is_some() {
        due = vec![(Tick::Failed, sent, sent)];
    } else if message.kind == REACTION {
        due.truncate(1); // Of a reaction nothing more is told.
    } else if take(&mut state.faults.reorder) {
        due = vec![(Tick::Delivered, delivered, sent), (Tick::Sent, sent, delivered)];
    }
    due.into_iter().map(|(tick, at, due)| told(state, account, thread, message, tick, (at, due))).collect()
}

/// Puts a status on its way. `times`: when it came to be, and when it is told.
pub(super) fn told(
    state: &mut State,
    account: &SimAccount,
    thread: &ThreadKey,
    message: &Message,
    tick: Tick,
    times: (u64, u64),
) -> Parcel {
    let name = state.threads.get(thread).map(|chat| chat.name.as_str()).unwrap_or_default();
    let body = status(account, &thread.from, name, message, tick, times.0);
    let parcel =
        Parcel { seq: state.next_seq(), thread: thread.clone(), due: times.1, message: message.id.clone(), tick, body };
    state.parcels.insert(parcel.seq, parcel.clone());
    parcel
}

fn later(at: u64, by: Duration) -> u64 {
    at.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX))
}

/// The business has read a message and those before it; with it may come that it is typing.
pub(super) fn mark_read(
    state: &mut State,
    account: &SimAccount,
    request: &Request,
    now: u64,
) -> Result<Vec<Change>, Refusal> {
    let id = request.word("message_id").ok_or_else(|| Refusal::missing("message_id"))?;
    let of_account = state.threads.iter_mut().filter(|(thread, _)| thread.phone_number_id == account.phone_number_id);
    let of_customer = |message: &&mut Message| message.author == Author::Customer;
    let (thread, chat, last) = of_account
        .filter_map(|(thread, chat)| {
            let last = chat.find(id).filter(of_customer)?.seq;
            Some((thread, chat, last))
        })
        .next()
        .ok_or_else(|| Refusal::invalid("Param message_id is not a message that this number received"))?;
    if request.0.contains_key("typing_indicator") {
        chat.typing_until = now + TYPING_MS;
    }
    let read = chat.messages.range_mut(..=last).map(|(_, message)| message).filter(of_customer);
    let moved = read.filter(|message| message.tick < Tick::Read).map(|message| {
        message.tick = Tick::Read;
        kept_message(thread, message)
    });
    Ok(moved.collect())
}

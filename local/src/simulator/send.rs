//! What a business asks to be sent: judged as WhatsApp judges it, kept in the chat, its statuses put on their way.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::account::SimAccount;
use super::faults::take;
use super::refusal::Refusal;
use super::store::{Parcel, State, kept_message, kept_parcel};
use super::thread::{Author, Message, ThreadKey, Tick};
use super::webhook::{WINDOW_CLOSED, digits, status};
use super::{Pace, fresh_id};
use crate::aws::journal::Change;

/// Longest body of a text, in characters.
/// [Text messages](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages).
pub(super) const TEXT_MAX: usize = 4_096;

/// How long "is typing" is shown at most.
/// [Typing indicators](https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators).
const TYPING_MS: u64 = 25_000;

#[derive(Deserialize)]
pub(super) struct Request {
    messaging_product: Option<String>,
    to: Option<String>,
    recipient: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<Text>,
    context: Option<Context>,
    biz_opaque_callback_data: Option<String>,
    status: Option<String>,
    message_id: Option<String>,
    typing_indicator: Option<Value>,
}

#[derive(Deserialize)]
struct Text {
    body: Option<String>,
}

#[derive(Deserialize)]
struct Context {
    message_id: Option<String>,
}

impl Request {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let request: Self =
            serde_json::from_slice(body).map_err(|_| Refusal::invalid("The body is not the JSON of a message"))?;
        match request.messaging_product.as_deref() {
            Some("whatsapp") => Ok(request),
            Some(_) => Err(Refusal::value("Param messaging_product must be whatsapp")),
            None => Err(Refusal::missing("messaging_product")),
        }
    }

    pub(super) fn marks_read(&self) -> bool {
        self.status.as_deref() == Some("read")
    }

    fn text(&self) -> Result<&str, Refusal> {
        if self.kind.as_deref().is_some_and(|kind| kind != "text") {
            return Err(Refusal::value("Only messages of type text are simulated"));
        }
        let body =
            self.text.as_ref().and_then(|text| text.body.as_deref()).ok_or_else(|| Refusal::missing("text['body']"))?;
        match body.chars().count() {
            _ if body.trim().is_empty() => Err(Refusal::invalid("Param text['body'] must be a non-empty string.")),
            1..=TEXT_MAX => Ok(body),
            _ => Err(Refusal::invalid("Param text['body'] must be at most 4096 characters long.")),
        }
    }

    /// The customer's number. `to` wins over `recipient`, which holds a business-scoped user id.
    fn customer(&self, state: &State, account: &SimAccount) -> Result<String, Refusal> {
        if let Some(to) = &self.to {
            let phone = digits(to);
            return if (5..=15).contains(&phone.len()) {
                Ok(phone)
            } else {
                Err(Refusal::value("Param to is not a phone number"))
            };
        }
        let id = self.recipient.as_deref().ok_or_else(|| Refusal::missing("to"))?;
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
    let text = request.text()?;
    let from = request.customer(state, account)?;
    let thread = ThreadKey { phone_number_id: account.phone_number_id.clone(), from };
    let seq = state.next_seq();
    let chat = state.threads.entry(thread.clone()).or_default();
    let open = chat.window_is_open(now);
    let message = Message {
        seq,
        id: fresh_id(),
        author: Author::Business,
        text: text.to_owned(),
        at: now,
        reply_to: request.context.as_ref().and_then(|context| context.message_id.clone()),
        reference: request.biz_opaque_callback_data.clone(),
        tick: Tick::Accepted,
        file: None,
        error: (!open).then_some(WINDOW_CLOSED),
    };
    chat.messages.insert(seq, message.clone());
    chat.typing_until = 0;
    let parcels = statuses(state, account, &thread, &message, pace);
    let changes = [kept_message(&thread, &message)].into_iter().chain(parcels.iter().map(kept_parcel)).collect();
    let mut contact = json!({ "input": request.to.as_ref().or(request.recipient.as_ref()), "user_id": account.user_id(&thread.from) });
    if request.to.is_some() {
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
    let id = request.message_id.as_deref().ok_or_else(|| Refusal::missing("message_id"))?;
    let of_account = state.threads.iter_mut().filter(|(thread, _)| thread.phone_number_id == account.phone_number_id);
    let of_customer = |message: &&mut Message| message.author == Author::Customer;
    let (thread, chat, last) = of_account
        .filter_map(|(thread, chat)| {
            let last = chat.find(id).filter(of_customer)?.seq;
            Some((thread, chat, last))
        })
        .next()
        .ok_or_else(|| Refusal::invalid("Param message_id is not a message that this number received"))?;
    if request.typing_indicator.is_some() {
        chat.typing_until = now + TYPING_MS;
    }
    let read = chat.messages.range_mut(..=last).map(|(_, message)| message).filter(of_customer);
    let moved = read.filter(|message| message.tick < Tick::Read).map(|message| {
        message.tick = Tick::Read;
        kept_message(thread, message)
    });
    Ok(moved.collect())
}

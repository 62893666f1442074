//! A customer's hands: they write, and they look at what came.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::content::TEXT_MAX;
use super::customer::Unfit;
use super::files::{Attached, checksum};
use super::send::told;
use super::store::{Parcel, State, kept_message, kept_name, kept_parcel};
use super::thread::{Author, Message, REACTION, ThreadKey, Tick};
use super::webhook::{self, digits};
use super::{fresh_id, interactive};
use crate::aws::journal::Change;

/// What a customer writes to a business.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    phone_number_id: String,
    /// The customer's number, with its country code.
    from: String,
    name: String,
    /// What it says, or its file's caption.
    #[serde(default)]
    text: String,
    #[serde(default)]
    file: Option<Attached>,
    #[serde(default)]
    reply_to: Option<String>,
    /// The id of a button or a row of the message `reply_to`: it is pressed, and says the rest.
    #[serde(default)]
    choice: Option<String>,
}

/// Longest name on WhatsApp, in characters.
const NAME_MAX: usize = 60;

/// Puts a message into the chat and its webhook on its way.
pub(super) fn write(state: &mut State, written: Written, now: u64) -> Result<(String, Vec<Change>, Parcel), Unfit> {
    let unfit = |why| Err(Unfit(StatusCode::UNPROCESSABLE_ENTITY, why));
    let (from, name) = (digits(&written.from), written.name.trim());
    if !(5..=15).contains(&from.len()) {
        return unfit("from is a phone number with its country code: 5 to 15 digits");
    }
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return unfit("name is 1 to 60 characters");
    }
    let thread = ThreadKey { phone_number_id: written.phone_number_id, from };
    let chosen = match (&written.choice, &written.reply_to) {
        (None, _) => None,
        (Some(_), None) => return unfit("a choice needs reply_to: the message that offers it"),
        (Some(choice), Some(offer)) => Some(pressed(state, &thread, offer, choice)?),
    };
    let is_silent = written.text.trim().is_empty() && written.file.is_none() && chosen.is_none();
    if is_silent || written.text.chars().count() > TEXT_MAX {
        return unfit("text is 1 to 4,096 characters");
    }
    let file = written.file.map(|file| attached(state, file)).transpose()?;
    let account = state.accounts.get(&thread.phone_number_id).cloned();
    let account = account.ok_or(Unfit(StatusCode::NOT_FOUND, "no business has this number here"))?;
    let (seq, at, id) = (state.next_seq(), now, fresh_id());
    let (reply_to, tick) = (written.reply_to, Tick::Accepted);
    let (kind, text, object) = match chosen {
        Some((title, object)) => ("interactive", title, Some(object)),
        None => ("text", written.text, None),
    };
    let message = Message {
        seq,
        id,
        author: Author::Customer,
        kind: kind.to_owned(),
        text,
        at,
        reply_to,
        reference: None,
        reaction: None,
        tick,
        file,
        object,
        error: None,
    };
    let body = webhook::message(&account, &thread.from, name, &message);
    let parcel =
        Parcel { seq: state.next_seq(), thread, due: at, message: message.id.clone(), tick: Tick::Delivered, body };
    let changes = vec![kept_name(&parcel.thread, name), kept_message(&parcel.thread, &message), kept_parcel(&parcel)];
    let chat = state.threads.entry(parcel.thread.clone()).or_default();
    name.clone_into(&mut chat.name);
    chat.messages.insert(seq, message.clone());
    state.parcels.insert(parcel.seq, parcel.clone());
    Ok((message.id, changes, parcel))
}

/// What was pressed, in words and as its webhook tells of it: as the message offered it, whatever the page says.
fn pressed(state: &mut State, thread: &ThreadKey, offer: &str, choice: &str) -> Result<(String, Value), Unfit> {
    let offered =
        state.threads.get_mut(thread).and_then(|chat| chat.find(offer)).and_then(|message| message.object.as_ref());
    let found = offered.and_then(|object| interactive::choice(object, choice));
    found.ok_or(Unfit(StatusCode::UNPROCESSABLE_ENTITY, "that message offers no such choice"))
}

/// The file as its message tells of it.
fn attached(state: &State, file: Attached) -> Result<Attached, Unfit> {
    if !["image", "video", "audio", "document", "sticker"].contains(&file.kind.as_str()) {
        return Err(Unfit(
            StatusCode::UNPROCESSABLE_ENTITY,
            "a file's kind is image, video, audio, document or sticker",
        ));
    }
    let kept = state.files.get(&file.id).ok_or(Unfit(StatusCode::NOT_FOUND, "no such file was uploaded"))?;
    Ok(Attached { sha256: checksum(&kept.body), ..file })
}

/// The customer looks at the chat: everything that came is read.
pub(super) fn read(state: &mut State, thread: &ThreadKey, now: u64) -> (Vec<Change>, Vec<Parcel>) {
    let Some(account) = state.accounts.get(&thread.phone_number_id).cloned() else { return (Vec::new(), Vec::new()) };
    let unseen = |message: &&mut Message| {
        message.author == Author::Business
            && message.tick < Tick::Read
            && message.error.is_none()
            && message.kind != REACTION
    };
    let chat = state.threads.get_mut(thread).map(|chat| chat.messages.values_mut());
    let seen: Vec<_> = chat
        .into_iter()
        .flatten()
        .filter(unseen)
        .map(|message| {
            message.tick = Tick::Read;
            message.clone()
        })
        .collect();
    let parcels: Vec<_> =
        seen.iter().map(|message| told(state, &account, thread, message, Tick::Read, (now, now))).collect();
    let messages = seen.iter().map(|message| kept_message(thread, message));
    (messages.chain(parcels.iter().map(kept_parcel)).collect(), parcels)
}

//! A number that stays on the WhatsApp Business app gives its contacts and its chats so far: each once, and within a day of the signup.
//! [Onboarding](https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/onboarding-business-app-users).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::{Json, Router, routing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Playing;
use super::account::SimAccount;
use super::graph::{Node, authorized};
use super::refusal::Refusal;
use super::store::{Parcel, State as Everything, kept_number, kept_parcel};
use super::thread::{ThreadKey, Tick};
use super::webhook::{digits, of_field, seconds};
use crate::aws::journal::Change;

/// For how long after a signup it may be asked for.
const ASKED_WITHIN_MS: u64 = 24 * 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The business's two friends: the one wrote with it on the phone, the other is in its address book alone.
const FRIENDS: [(&str, &str, &str); 2] = [("Ken", "Ken Sato", "819011113333"), ("Mei", "Mei Tanaka", "819011114444")];

/// What a number has from before its signup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Past {
    /// When it signed up, in ms since 1970.
    since: u64,
    /// Whether its owner gives the chats away.
    shares_history: bool,
    asked: Vec<Sync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sync {
    /// The address book.
    SmbAppStateSync,
    History,
}

impl Past {
    pub(super) fn of_signup(now: u64, shares_history: bool) -> Self {
        Self { since: now, shares_history, asked: Vec::new() }
    }

    fn ask(&mut self, what: Sync, now: u64) -> Result<(), Refusal> {
        if self.asked.contains(&what) {
            return Err(Refusal::asked_before());
        }
        if now > self.since + ASKED_WITHIN_MS {
            return Err(Refusal::asked_late());
        }
        self.asked.push(what);
        Ok(())
    }
}

pub(super) fn routes() -> Router<Arc<Playing>> {
    Router::new().route("/simulator/graph/{version}/{number}/smb_app_data", routing::post(share))
}

#[derive(Deserialize)]
struct Asked {
    messaging_product: String,
    sync_type: Sync,
}

async fn share(
    State(playing): State<Arc<Playing>>,
    Path(node): Path<Node>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, Refusal> {
    let asked: Asked = serde_json::from_value(asked).map_err(|_| wrong())?;
    if asked.messaging_product != "whatsapp" {
        return Err(wrong());
    }
    let (changes, parcel) = {
        let mut state = playing.store.state();
        let account = authorized(&state, &headers, &node.number)?;
        let (kept, body) = give(&mut state, &account, asked.sync_type, (playing.now)())?;
        let parcel = parcel(&mut state, &account, body, (playing.now)());
        (vec![kept, kept_parcel(&parcel)], parcel)
    };
    playing.store.keep(changes).await;
    let answer = json!({ "messaging_product": "whatsapp", "request_id": parcel.seq.to_string() });
    playing.dispatch(vec![parcel]);
    Ok(Json(answer))
}

fn wrong() -> Refusal {
    Refusal::invalid("messaging_product is whatsapp, and sync_type is smb_app_state_sync or history")
}

/// What the number gives, once.
fn give(state: &mut Everything, account: &SimAccount, what: Sync, now: u64) -> Result<(Change, String), Refusal> {
    let number = state.numbers.get_mut(&account.phone_number_id);
    let no_phone = || Refusal::invalid("The number is not on the WhatsApp Business app");
    let number = number.filter(|number| number.is_on_a_phone).ok_or_else(no_phone)?;
    let past = number.past.as_mut().ok_or_else(no_phone)?;
    past.ask(what, now)?;
    let body = match what {
        Sync::SmbAppStateSync => address_book(account, past.since),
        Sync::History if past.shares_history => history(account, past.since),
        Sync::History => declined(account),
    };
    Ok((kept_number(&account.phone_number_id, number), body))
}

fn parcel(state: &mut Everything, account: &SimAccount, body: String, due: u64) -> Parcel {
    let thread = ThreadKey { phone_number_id: account.phone_number_id.clone(), from: String::new() };
    let parcel = Parcel { seq: state.next_seq(), thread, due, message: String::new(), tick: Tick::Delivered, body };
    state.parcels.insert(parcel.seq, parcel.clone());
    parcel
}

fn address_book(account: &SimAccount, since: u64) -> String {
    let entries = FRIENDS.map(|(first_name, full_name, phone_number)| {
        let contact = json!({ "full_name": full_name, "first_name": first_name, "phone_number": phone_number });
        json!({ "type": "contact", "contact": contact, "action": "add", "metadata": { "timestamp": seconds(since) } })
    });
    of_field("smb_app_state_sync", account, &json!({ "state_sync": entries }))
}

/// One chat of three days before, told whole in the first phase that has anything.
fn history(account: &SimAccount, since: u64) -> String {
    let (_, _, friend) = FRIENDS[0];
    let (own, at) = (digits(&account.display_phone_number), since.saturating_sub(3 * DAY_MS));
    let said = |place: u64, from: &str, text: &str| {
        json!({
            "from": from, "id": format!("wamid.PAST{}{place}", account.phone_number_id), "timestamp": seconds(at + place * 60_000),
            "type": "text", "text": { "body": text }, "history_context": { "status": "READ" },
        })
    };
    let asked = said(1, friend, "Do you have it in blue?");
    let mut answered = said(2, &own, "We do, come by!");
    answered["to"] = json!(friend);
    let context = json!({ "wa_id": friend, "user_id": account.user_id(friend) });
    let thread = json!({ "id": friend, "context": context, "messages": [asked, answered] });
    let metadata = json!({ "phase": 1, "chunk_order": 1, "progress": 100 });
    of_field("history", account, &json!({ "history": [{ "metadata": metadata, "threads": [thread] }] }))
}

fn declined(account: &SimAccount) -> String {
    let message = "History sharing is turned off by the business from the WhatsApp Business App";
    let error = json!({ "code": 2_593_109, "title": message, "message": message });
    of_field("history", account, &json!({ "history": [{ "errors": [error] }] }))
}

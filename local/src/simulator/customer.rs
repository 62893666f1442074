//! What a customer does with the phone, and what a test asks: JSON below `/simulator/api`.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::SimAccount;
use super::faults::Faults;
use super::phone::{self, Written};
use super::store::kept_account;
use super::thread::{Author, Message, ThreadKey};
use super::{Playing, TOLD_WITHIN};

type Sim = State<Arc<Playing>>;

/// What cannot be done, in one sentence.
pub(super) struct Unfit(pub(super) StatusCode, pub(super) &'static str);

impl IntoResponse for Unfit {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

pub(super) fn routes() -> Router<Arc<Playing>> {
    Router::new()
        .route("/simulator/api/accounts", get(accounts).post(add_account))
        .route("/simulator/api/messages", post(write))
        .route("/simulator/api/threads", get(threads))
        .route("/simulator/api/threads/{phone_number_id}/{from}", get(thread))
        .route("/simulator/api/read", post(read))
        .route("/simulator/api/events", get(events))
        .route("/simulator/api/ledger", get(ledger))
        .route("/simulator/api/faults", get(faults).post(set_faults))
}

async fn accounts(State(playing): Sim) -> Json<Value> {
    let state = playing.store.state();
    let item = |account: &SimAccount| {
        json!({
            "phone_number_id": account.phone_number_id, "waba_id": account.waba_id,
            "display_phone_number": account.display_phone_number, "name": account.name,
        })
    };
    Json(json!({ "items": state.accounts.values().map(item).collect::<Vec<_>>() }))
}

async fn add_account(State(playing): Sim, Json(mut account): Json<SimAccount>) -> Result<StatusCode, Unfit> {
    let is_id =
        !account.phone_number_id.is_empty() && account.phone_number_id.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id || account.access_token.is_empty() {
        return Err(Unfit(
            StatusCode::UNPROCESSABLE_ENTITY,
            "phone_number_id is digits, and an access_token is needed",
        ));
    }
    {
        let mut state = playing.store.state();
        if account.app_secret.is_empty() {
            account.app_secret =
                state.accounts.values().next().map(|first| first.app_secret.clone()).unwrap_or_default();
        }
        state.accounts.insert(account.phone_number_id.clone(), account.clone());
    }
    playing.store.keep(vec![kept_account(&account)]).await;
    Ok(StatusCode::CREATED)
}

async fn write(State(playing): Sim, Json(written): Json<Written>) -> Result<(StatusCode, Json<Value>), Unfit> {
    let (id, changes, parcel) = phone::write(&mut playing.store.state(), written, (playing.now)())?;
    playing.store.keep(changes).await;
    playing.dispatch(vec![parcel]);
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

async fn threads(State(playing): Sim) -> Json<Value> {
    let version = *playing.store.version().borrow();
    let state = playing.store.state();
    let mut chats: Vec<_> =
        state.threads.iter().filter_map(|(key, chat)| Some((key, chat, chat.messages.values().last()?))).collect();
    chats.sort_by_key(|(.., last)| std::cmp::Reverse(last.seq));
    let item = |(key, chat, last): &(&ThreadKey, &super::thread::Thread, &Message)| json!({ "phone_number_id": key.phone_number_id, "from": key.from, "name": chat.name, "unread": chat.unread(), "last": last });
    Json(json!({ "version": version, "items": chats.iter().map(item).collect::<Vec<_>>() }))
}

async fn thread(State(playing): Sim, Path(key): Path<ThreadKey>) -> Json<Value> {
    let version = *playing.store.version().borrow();
    let state = playing.store.state();
    let chat = state.threads.get(&key);
    let typing = chat.is_some_and(|chat| (playing.now)() < chat.typing_until);
    Json(json!({
        "version": version, "phone_number_id": key.phone_number_id, "from": key.from,
        "name": chat.map(|chat| chat.name.as_str()).unwrap_or_default(), "typing": typing,
        "messages": chat.map(|chat| chat.messages.values().collect::<Vec<_>>()).unwrap_or_default(),
    }))
}

async fn read(State(playing): Sim, Json(key): Json<ThreadKey>) -> Json<Value> {
    let (changes, parcels) = phone::read(&mut playing.store.state(), &key, (playing.now)());
    let count = parcels.len();
    if count > 0 {
        playing.store.keep(changes).await;
        playing.dispatch(parcels);
    }
    Json(json!({ "read": count }))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

/// Answers when there is news, or when it has waited long enough: a stop of the system waits for nobody longer.
async fn events(State(playing): Sim, Query(Since { since }): Query<Since>) -> Json<Value> {
    let mut version = playing.store.version();
    let news = version.wait_for(|version| *version > since);
    let version = match tokio::time::timeout(TOLD_WITHIN, news).await {
        Ok(Ok(version)) => *version,
        Ok(Err(_)) | Err(_) => since,
    };
    Json(json!({ "version": version }))
}

/// Every send that was accepted, in order, each once.
async fn ledger(State(playing): Sim) -> Json<Value> {
    let state = playing.store.state();
    let chats = state.threads.iter().flat_map(|(key, chat)| chat.messages.values().map(move |message| (key, message)));
    let mut sends: Vec<_> = chats.filter(|(_, message)| message.author == Author::Business).collect();
    sends.sort_by_key(|(_, message)| message.seq);
    let item = |(key, message): &(&ThreadKey, &Message)| {
        json!({
            "id": message.id, "phone_number_id": key.phone_number_id, "to": key.from, "type": message.kind, "text": message.text,
            "file": message.file, "reference": message.reference, "reply_to": message.reply_to, "at": message.at,
        })
    };
    Json(json!({ "items": sends.iter().map(item).collect::<Vec<_>>() }))
}

async fn faults(State(playing): Sim) -> Json<Faults> {
    Json(playing.store.state().faults.clone())
}

async fn set_faults(State(playing): Sim, Json(faults): Json<Faults>) -> Json<Faults> {
    playing.store.state().faults = faults.clone();
    Json(faults)
}

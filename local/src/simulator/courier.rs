//! Carries webhooks to the business, in each chat one after the other, and tries again until it has them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

use super::Playing;
use super::faults::take;
use super::store::{Parcel, parcel_key};
use super::thread::ThreadKey;
use super::webhook::signature;
use crate::aws::journal::Change;

/// How long the business may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long until the first try again; it doubles, up to the longest.
const AGAIN: Duration = Duration::from_millis(200);
const AGAIN_MAX: Duration = Duration::from_secs(15);

type Lane = Arc<tokio::sync::Mutex<()>>;

pub(super) struct Courier {
    /// Where the business takes its webhooks.
    url: String,
    http: Client<HttpConnector, Full<Bytes>>,
    lanes: Mutex<HashMap<ThreadKey, Lane>>,
}

impl Courier {
    pub(super) fn new(gateway: &str) -> Self {
        let http = Client::builder(TokioExecutor::new()).build_http();
        Self { url: format!("{gateway}/webhooks/meta"), http, lanes: Mutex::default() }
    }

    fn lane(&self, thread: &ThreadKey) -> Lane {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.entry(thread.clone()).or_default().clone()
    }

    async fn post(&self, body: &str, app_secret: &str) -> bool {
        let request = Request::post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "facebookexternalua")
            .header("x-hub-signature-256", signature(app_secret, body.as_bytes()))
            .body(Full::new(Bytes::from(body.to_owned())));
        let Ok(request) = request else { return false };
        let answer = tokio::time::timeout(PATIENCE, self.http.request(request)).await;
        matches!(answer, Ok(Ok(answer)) if answer.status() == StatusCode::OK)
    }
}

/// Carries one parcel. It ends with the simulator, and goes on when that is opened again.
pub(super) async fn carry(playing: Weak<Playing>, parcel: Parcel) {
    let Some(lane) = playing.upgrade().map(|it| it.courier.lane(&parcel.thread)) else { return };
    let early = playing.upgrade().map_or(0, |it| parcel.due.saturating_sub((it.now)()));
    tokio::time::sleep(Duration::from_millis(early)).await;
    let _turn = lane.lock().await;
    let mut wait = AGAIN;
    loop {
        let Some(playing) = playing.upgrade() else { return };
        if tell(&playing, &parcel).await {
            return;
        }
        drop(playing);
        tracing::debug!(wait_ms = wait.as_millis(), "the webhook was not taken; it is told again");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(AGAIN_MAX);
    }
}

/// Whether the business has it now, or never can.
async fn tell(playing: &Playing, parcel: &Parcel) -> bool {
    let (secret, heard, twice) = {
        let mut state = playing.store.state();
        let Some(account) = state.accounts.get(&parcel.thread.phone_number_id) else { return true };
        // Of a business account that nobody subscribed to, nobody is told; its customers see their ticks all the same.
        let (secret, heard) = (account.app_secret.clone(), state.tells_of(&account.waba_id));
        (secret, heard, heard && take(&mut state.faults.duplicate))
    };
    if twice {
        playing.courier.post(&parcel.body, &secret).await;
    }
    if heard && !playing.courier.post(&parcel.body, &secret).await {
        return false;
    }
    let changes = {
        let mut state = playing.store.state();
        state.parcels.remove(&parcel.seq);
        let moved = state.advance(&parcel.thread, &parcel.message, parcel.tick);
        [Change::Delete(parcel_key(parcel.seq))].into_iter().chain(moved).collect()
    };
    playing.store.keep(changes).await;
    true
}

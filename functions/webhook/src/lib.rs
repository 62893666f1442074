//! Lambda `webhook`: a channel's POST in, queue `inbound` out. Verified, split and durable before the answer; no table.

mod apps;
mod event;
mod records;

use std::pin::pin;
use std::time::Duration;

use blob::{Blobs, Key};
use bootstrap::Clock;
use channel::Signer;
use channel_meta::signature;
use domain::Timestamp;
use futures_util::future::{Either, select};
use futures_util::{StreamExt, stream};
use queue::{Outgoing, Producer};

pub use crate::apps::{Apps, Source};
pub use crate::event::{Answer, Event};
use crate::records::{Record, records, text};

/// Longest body that is taken: Lambda's 6 MB hold it only escaped, and WhatsApp's own limit is 3 MB.
/// [Lambda](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
pub const BODY_MAX: usize = 4 * 1024 * 1024;

/// Records in one call of the queue, and calls at once.
const CALL: usize = 10;
const CALLS: usize = 16;

/// Longest that the queue is waited for: the rest of the function's ten seconds is for the bucket.
const QUEUE_TIME: Duration = Duration::from_secs(5);

/// A record longer than this goes to the bucket, and its key to the queue: SQS bills by 64 KB.
const RECORD_MAX: usize = 256 * 1024;

pub struct App {
    pub apps: Apps,
    pub inbound: Producer,
    pub blobs: Blobs,
    pub clock: Clock,
}

impl App {
    /// Answers one request. 503 is the channel's cue to come again: nothing less makes it.
    pub async fn answer(&self, event: &Event) -> Answer {
        match event.method() {
            "GET" => self.handshake(event).await,
            "POST" => self.take(event).await,
            _ => Answer::empty(405),
        }
    }

    /// Meta asks whether the endpoint is ours, once, when it is set up.
    /// [Handshake](https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests).
    async fn handshake(&self, event: &Event) -> Answer {
        let (mode, token) = (event.query("hub.mode"), event.query("hub.verify_token"));
        let (Some("subscribe"), Some(token), Some(challenge)) = (mode, token, event.query("hub.challenge")) else {
            return Answer::empty(403);
        };
        let Ok(apps) = self.apps.current(self.now()).await else { return Answer::empty(503) };
        let known = apps.iter().filter(|a| event.is_for(&a.signer.app_id)).any(|a| a.expects(token));
        if known { Answer::text(200, challenge) } else { Answer::empty(403) }
    }

    async fn take(&self, event: &Event) -> Answer {
        let body = match event.body(BODY_MAX) {
            Ok(body) => body,
            Err(event::BadBody::TooLong) => return Answer::empty(413),
            Err(event::BadBody::NotBase64) => return Answer::empty(401),
        };
        let Some(header) = event.header("x-hub-signature-256") else { return Answer::empty(401) };
        match self.signer(event, header, &body).await {
            Ok(Some(signer)) => self.keep(records(&signer, header, &text(&body), self.now())).await,
            Ok(None) => Answer::empty(401),
            Err(unavailable) => {
                tracing::error!(why = %unavailable, "no secret to verify with");
                Answer::empty(503)
            }
        }
    }

    /// The app that signed it. When none did, a secret may just have been changed: they are read again, not too often.
    async fn signer(&self, event: &Event, header: &str, body: &[u8]) -> Result<Option<Signer>, apps::Unavailable> {
        let find = |apps: &[channel_meta::App]| {
            let asked = apps.iter().filter(|a| event.is_for(&a.signer.app_id));
            signature::verify(asked, header, body).map(|app| app.signer.clone())
        };
        match find(&self.apps.current(self.now()).await?) {
            Some(signer) => Ok(Some(signer)),
            None => Ok(find(&self.apps.again(self.now()).await?)),
        }
    }

    /// Durable first: on the queue, or else in the bucket, from where `sweep` hands it on.
    async fn keep(&self, records: Vec<(Record<'_>, Outgoing)>) -> Answer {
        let mut kept = Vec::with_capacity(records.len());
        for (record, outgoing) in records {
            if outgoing.body.len() <= RECORD_MAX {
                kept.push(outgoing);
                continue;
            }
            let (events, claimed) = record.claimed(&outgoing);
            match self.blobs.put(&Key::claim(&events), events).await {
                Ok(()) => kept.push(claimed),
                Err(error) => {
                    tracing::error!(why = %error, "a large body could not be put in the bucket");
                    return Answer::empty(503);
                }
            }
        }
        let sending = async { self.send(&self.send(&kept).await).await };
        let refused = match select(pin!(sending), pin!(self.clock.sleep(QUEUE_TIME))).await {
            Either::Left((refused, _)) => refused,
            // Some of it may be on the queue: deduplication drops it when it comes again.
            Either::Right(_) => kept.clone(),
        };
        if refused.is_empty() { Answer::empty(200) } else { self.spill(refused).await }
    }

    /// Sends the records, and returns those that the queue did not take. No two records of a POST are of one group, so the calls
    /// may overtake each other.
    async fn send(&self, records: &[Outgoing]) -> Vec<Outgoing> {
        let refused = stream::iter(records.chunks(CALL)).map(|call| async move {
            let refused = self.inbound.send(call).await;
            refused.into_iter().filter_map(|place| call.get(place).cloned()).collect::<Vec<_>>()
        });
        refused.buffer_unordered(CALLS).concat().await
    }

    async fn spill(&self, refused: Vec<Outgoing>) -> Answer {
        let Ok(body) = serde_json::to_vec(&refused) else { return Answer::empty(503) };
        tracing::warn!(records = refused.len(), "the queue did not take it: spilled to the bucket");
        match self.blobs.put(&Key::spill(self.now(), &body), body).await {
            Ok(()) => Answer::empty(200),
            Err(error) => {
                tracing::error!(why = %error, "neither the queue nor the bucket took it");
                Answer::empty(503)
            }
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }
}

//! Posts frames to sockets through the WebSocket API's `@connections`.

use std::{sync::Arc, time::Duration};

use aws_sdk_apigatewaymanagement::{
    Client,
    config::{self, AsyncSleep},
    error::SdkError,
    operation::post_to_connection::PostToConnectionError,
    primitives::Blob,
};
use domain::Timestamp;
use futures_util::{StreamExt, stream};

/// At most this many posts are on their way at once.
const AT_ONCE: usize = 50;

/// A round of frames ends after this, sent or not: the table's stream waits behind it.
const ROUND: Duration = Duration::from_secs(8);

/// A socket younger than this may answer "gone" because it is not yet there: it is kept.
const TOO_YOUNG: Duration = Duration::from_secs(5);

/// A frame about something older than this is not sent: the client has synced since.
pub const FRAME_LIFE: Duration = Duration::from_secs(30);

/// One text for one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub connection_id: String,
    pub connected_at: Timestamp,
    pub text: Arc<str>,
}

/// What became of a round of frames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    pub sent: usize,
    pub failed: usize,
    /// The connections that are no more.
    pub gone: Vec<String>,
}

/// Sends frames, each once: a frame is a hint, and a lost one is healed by `sync`.
#[derive(Clone)]
pub struct Poster(Client);

impl Poster {
    /// `config` has the endpoint `WS_ENDPOINT`.
    pub fn new(config: &aws_types::SdkConfig) -> Self {
        let once = config::retry::RetryConfig::disabled();
        Self(Client::from_conf(config::Builder::from(config).retry_config(once).build()))
    }

    pub async fn post(&self, frames: Vec<Frame>, now: Timestamp) -> Posted {
        let outcomes = stream::iter(frames).map(|frame| self.one(frame, now)).buffer_unordered(AT_ONCE);
        let in_time = outcomes.take_until(Box::pin(self.round()));
        let posted = in_time.fold(Posted::default(), |mut posted, outcome| async move {
            match outcome {
                Outcome::Sent => posted.sent += 1,
                Outcome::Failed => posted.failed += 1,
                Outcome::Gone(connection) => posted.gone.push(connection),
            }
            posted
        });
        posted.await
    }

    /// Ends a socket; whether it was still there matters to nobody.
    pub async fn close(&self, connection_id: &str) {
        if self.0.delete_connection().connection_id(connection_id).send().await.is_err() {
            tracing::debug!("a socket was gone before it could be closed");
        }
    }

    /// Timed by what times the client's own tries.
    async fn round(&self) {
        match self.0.config().sleep_impl() {
            Some(timer) => timer.sleep(ROUND).await,
            None => tokio::time::sleep(ROUND).await,
        }
    }

    async fn one(&self, frame: Frame, now: Timestamp) -> Outcome {
        let data = Blob::new(frame.text.as_bytes());
        let post = self.0.post_to_connection().connection_id(&frame.connection_id).data(data).send().await;
        match post {
            Ok(_) => Outcome::Sent,
            Err(error) if is_gone(&error) && now.since(frame.connected_at) > TOO_YOUNG => {
                Outcome::Gone(frame.connection_id)
            }
            Err(_) => Outcome::Failed,
        }
    }
}

enum Outcome {
    Sent,
    Failed,
    Gone(String),
}

fn is_gone(error: &SdkError<PostToConnectionError>) -> bool {
    error.as_service_error().is_some_and(PostToConnectionError::is_gone_exception)
        || error.raw_response().is_some_and(|response| response.status().as_u16() == 410)
}

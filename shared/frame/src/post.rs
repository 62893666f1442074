//! Posts frames to sockets through the WebSocket API's `@connections`, by calls of its own: frames are what most calls are for.
//! [Commands](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).

use std::{sync::Arc, time::Duration};

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::SdkConfig;
use bytes::Bytes;
use call::{Answer, Call, Caller, NotAnswered};
use domain::Timestamp;
use futures_util::{StreamExt, stream};
use http::Method;

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
pub struct Poster(Caller);

impl Poster {
    /// `config` has the endpoint `WS_ENDPOINT`, and `connector` is what its clients speak through.
    pub fn new(config: &SdkConfig, connector: SharedHttpConnector) -> Self {
        Self(Caller::new("execute-api", config, connector))
    }

    pub async fn post(&self, frames: Vec<Frame>, now: Timestamp) -> Posted {
        let outcomes = stream::iter(frames).map(|frame| self.one(frame, now)).buffer_unordered(AT_ONCE);
        let in_time = outcomes.take_until(Box::pin(self.0.pause(ROUND)));
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
        if self.ask(Method::DELETE, connection_id, Bytes::new()).await.is_err() {
            tracing::debug!("a socket could not be closed");
        }
    }

    async fn one(&self, frame: Frame, now: Timestamp) -> Outcome {
        let text = Bytes::copy_from_slice(frame.text.as_bytes());
        match self.ask(Method::POST, &frame.connection_id, text).await {
            Ok(Answer { status: 200..=299, .. }) => Outcome::Sent,
            Ok(Answer { status: GONE, .. }) if now.since(frame.connected_at) > TOO_YOUNG => {
                Outcome::Gone(frame.connection_id)
            }
            Ok(_) | Err(_) => Outcome::Failed,
        }
    }

    async fn ask(&self, method: Method, connection_id: &str, body: Bytes) -> Result<Answer, NotAnswered> {
        let endpoint = self.0.endpoint().unwrap_or_default();
        // An id is letters, digits, `-`, `_` and `=`.
        let url = format!("{endpoint}/@connections/{}", connection_id.replace('=', "%3D"));
        self.0.once(&Call::new(method, &url, &[], body)).await
    }
}

/// The socket is no more.
const GONE: u16 = 410;

enum Outcome {
    Sent,
    Failed,
    Gone(String),
}

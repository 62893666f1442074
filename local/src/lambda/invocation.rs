//! One invocation: what a worker is handed, and how it can end.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

/// Largest answer of a synchronous invocation, and largest event:
/// [6 MB](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
pub const RESPONSE_MAX_BYTES: usize = 6 * 1024 * 1024;

/// Why an invocation has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The function answered with an error: its JSON, as Lambda would hand it back.
    #[error("the function failed: {0}")]
    Function(String),
    /// The function was still at it when its time was over; its worker is gone.
    #[error("Task timed out after {:.2} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The worker ended before it answered.
    #[error("Runtime exited without providing a reason: {0}")]
    Exited(String),
    /// The answer or the event was over 6 MB.
    #[error("{0} bytes are more than Lambda takes")]
    TooLarge(usize),
    /// The binary could not be started.
    #[error("cannot start: {0}")]
    NotStarted(String),
    /// No function has this name.
    #[error("no function is called {0}")]
    Unknown(String),
}

/// What `…/invocation/next` hands to a worker.
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) event: Bytes,
    /// When the function's time is over, in milliseconds since the epoch.
    pub(super) deadline_ms: u64,
    pub(super) arn: String,
    pub(super) answer: oneshot::Sender<Result<Bytes, Failure>>,
}

/// A new request id in the shape of a UUID, as Lambda's are.
pub(crate) fn request_id() -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        return "00000000-0000-4000-8000-000000000000".to_owned(); // It only serves to tell log lines apart.
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

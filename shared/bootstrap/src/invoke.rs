//! One invocation: its event, its id, and how much time is left for it.

use std::{future::Future, sync::Arc};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use tracing::Instrument;

/// What the runtime says of an invocation beside its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    pub request_id: String,
    /// When the runtime stops it, in milliseconds since 1970.
    pub deadline: i64,
}

/// Serves invocations until the runtime ends the process. `handle`'s error fails the invocation.
pub async fn run<E, A, F, H>(handle: H) -> Result<(), Error>
where
    E: DeserializeOwned,
    A: Serialize,
    F: Future<Output = Result<A, Error>>,
    H: Fn(E, Invocation) -> F,
{
    let handle = Arc::new(handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| {
        let handle = Arc::clone(&handle);
        let invocation = Invocation {
            request_id: event.context.request_id,
            deadline: i64::try_from(event.context.deadline).unwrap_or(i64::MAX),
        };
        let span = tracing::info_span!("invocation", request_id = invocation.request_id);
        // On the heap: a handler's future nests the SDK's, deeper than the compiler looks.
        Box::pin(async move { handle(event.payload, invocation).await }).instrument(span)
    }))
    .await
}

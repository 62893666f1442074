//! Batches of a table's stream: all before the first record that failed is done, all from it on comes again.

use std::{future::Future, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Clock,
    batch::{BatchAnswer, BatchItem, Budget, Retry},
    invoke::Invocation,
};

#[derive(Clone, Debug, Deserialize)]
pub struct StreamEvent<I> {
    #[serde(rename = "Records")]
    pub records: Vec<StreamRecord<I>>,
}

/// A change of one item. `I` is what holds an item's image.
#[derive(Clone, Debug, Deserialize)]
pub struct StreamRecord<I> {
    #[serde(rename = "dynamodb")]
    pub change: StreamChange<I>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound(deserialize = "I: Deserialize<'de>"))]
pub struct StreamChange<I> {
    pub sequence_number: String,
    /// When it happened, in seconds since 1970 (with a fraction in some emulators).
    #[serde(default)]
    pub approximate_creation_date_time: f64,
    #[serde(default = "none")]
    pub old_image: Option<I>,
    #[serde(default = "none")]
    pub new_image: Option<I>,
}

fn none<I>() -> Option<I> {
    None
}

/// The first record of a batch that was not done, by its sequence number.
#[derive(Debug)]
pub struct NotDone {
    pub from: String,
    pub why: Retry,
}

/// Serves batches of a stream.
pub async fn run_stream<I, F, H>(clock: Clock, handle: H) -> Result<(), lambda_runtime::Error>
where
    I: DeserializeOwned,
    F: Future<Output = Result<(), NotDone>>,
    H: Fn(Vec<StreamRecord<I>>, Budget) -> F,
{
    let (clock, handle) = (&clock, &handle);
    crate::run(move |event: StreamEvent<I>, invocation| async move {
        Ok(handle_stream(clock, event, &invocation, handle).await)
    })
    .await
}

/// One batch of a stream; a panic fails it from its first record on.
pub async fn handle_stream<I, F, H>(
    clock: &Clock,
    event: StreamEvent<I>,
    invocation: &Invocation,
    handle: &H,
) -> BatchAnswer
where
    F: Future<Output = Result<(), NotDone>>,
    H: Fn(Vec<StreamRecord<I>>, Budget) -> F,
{
    let first = event.records.first().map(|record| record.change.sequence_number.clone()).unwrap_or_default();
    let budget = Budget::new(clock.clone(), invocation.deadline);
    let outcome = AssertUnwindSafe(Box::pin(handle(event.records, budget))).catch_unwind().await;
    let panicked = |_| Err(NotDone { from: first, why: Retry::because("it panicked") });
    let Err(NotDone { from, why }) = outcome.unwrap_or_else(panicked) else { return BatchAnswer::default() };
    tracing::warn!(event_id = from, why = why.why(), "comes again from here on");
    BatchAnswer { batch_item_failures: vec![BatchItem { item_identifier: from }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> StreamEvent<String> {
        serde_json::from_str(
            r#"{"Records": [
                {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "NewImage": "a"}},
                {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "2", "OldImage": "a", "NewImage": "b"}}
            ]}"#,
        )
        .unwrap()
    }

    #[tokio::test]
    async fn a_batch_comes_again_from_the_first_record_that_was_not_done() {
        let invocation = Invocation { request_id: "r".to_owned(), deadline: 9_000 };
        let clock = Clock::standing_at(0);
        let answer = handle_stream(&clock, event(), &invocation, &|records: Vec<StreamRecord<String>>, _| async move {
            let second = &records[1].change;
            assert_eq!((second.old_image.as_deref(), second.new_image.as_deref()), (Some("a"), Some("b")));
            Err(NotDone { from: second.sequence_number.clone(), why: Retry::because("told to") })
        })
        .await;
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            serde_json::json!({"batchItemFailures": [{"itemIdentifier": "2"}]})
        );
    }
}

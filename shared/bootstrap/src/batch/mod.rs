//! Batches of a queue: every record succeeds or fails on its own, and a group keeps its order.

mod backoff;
mod retry;
mod wire;

use std::{collections::HashMap, future::Future, panic::AssertUnwindSafe, time::Duration};

use futures_util::{FutureExt, StreamExt, stream};
use tracing::Instrument;

use crate::{Clock, invoke::Invocation};
pub use backoff::Queue;
pub use retry::Retry;
pub use wire::{Attributes, BatchAnswer, BatchItem, SqsEvent, SqsRecord};

/// At most this many groups of a batch are worked on at once.
const GROUPS_AT_ONCE: usize = 10;

/// What is kept of an invocation's time to report what became of it.
const RESERVE: Duration = Duration::from_millis(500);

/// How long an invocation has left.
#[derive(Clone, Debug)]
pub struct Budget {
    clock: Clock,
    deadline: i64,
}

impl Budget {
    pub fn new(clock: Clock, deadline: i64) -> Self {
        Self { clock, deadline }
    }

    /// Time left for work.
    pub fn left(&self) -> Duration {
        let left = self.deadline.saturating_sub(self.clock.now());
        Duration::from_millis(u64::try_from(left).unwrap_or(0)).saturating_sub(RESERVE)
    }
}

/// Serves batches, record by record: see [`run_groups`].
pub async fn run_batch<F, H>(queue: Queue, handle: H) -> Result<(), lambda_runtime::Error>
where
    F: Future<Output = Result<(), Retry>>,
    H: Fn(SqsRecord) -> F,
{
    let (queue, handle) = (&queue, &handle);
    crate::run(
        move |event: SqsEvent, invocation| async move { Ok(handle_batch(queue, event, &invocation, handle).await) },
    )
    .await
}

/// Serves batches, group by group: `handle` gets the records of one group in order and tells how many of them, from the
/// first, are done.
pub async fn run_groups<F, H>(queue: Queue, handle: H) -> Result<(), lambda_runtime::Error>
where
    F: Future<Output = (usize, Result<(), Retry>)>,
    H: Fn(Vec<SqsRecord>, Budget) -> F,
{
    let (queue, handle) = (&queue, &handle);
    crate::run(
        move |event: SqsEvent, invocation| async move { Ok(handle_groups(queue, event, &invocation, handle).await) },
    )
    .await
}

/// One batch, record by record. After a failure in a group of a FIFO queue the rest of it is left untouched.
pub async fn handle_batch<F, H>(queue: &Queue, event: SqsEvent, invocation: &Invocation, handle: &H) -> BatchAnswer
where
    F: Future<Output = Result<(), Retry>>,
    H: Fn(SqsRecord) -> F,
{
    handle_groups(queue, event, invocation, &|records: Vec<SqsRecord>, budget: Budget| async move {
        for (done, record) in records.into_iter().enumerate() {
            if budget.left() < queue.least {
                return (done, Err(Retry::untouched()));
            }
            let span = tracing::info_span!("record", queue_message_id = record.message_id);
            let outcome = AssertUnwindSafe(Box::pin(handle(record))).catch_unwind().instrument(span).await;
            if let Err(retry) = outcome.unwrap_or_else(|_| Err(Retry::because("it panicked"))) {
                return (done, Err(retry));
            }
        }
        (usize::MAX, Ok(()))
    })
    .await
}

/// One batch, group by group: groups side by side, each in its order. A group that says it is done less than its records
/// has the rest reported as failed.
pub async fn handle_groups<F, H>(queue: &Queue, event: SqsEvent, invocation: &Invocation, handle: &H) -> BatchAnswer
where
    F: Future<Output = (usize, Result<(), Retry>)>,
    H: Fn(Vec<SqsRecord>, Budget) -> F,
{
    let budget = Budget::new(queue.clock.clone(), invocation.deadline);
    let failures = stream::iter(groups(event.records))
        .map(|records| one_group(queue, records, budget.clone(), handle))
        .buffer_unordered(GROUPS_AT_ONCE)
        .concat()
        .await;
    BatchAnswer { batch_item_failures: failures }
}

async fn one_group<F, H>(queue: &Queue, records: Vec<SqsRecord>, budget: Budget, handle: &H) -> Vec<BatchItem>
where
    F: Future<Output = (usize, Result<(), Retry>)>,
    H: Fn(Vec<SqsRecord>, Budget) -> F,
{
    let all: Vec<_> = records.iter().map(SqsRecord::receipt).collect();
    let (done, outcome) = if budget.left() < queue.least {
        (0, Err(Retry::untouched()))
    } else {
        let guarded = AssertUnwindSafe(Box::pin(handle(records, budget))).catch_unwind().await;
        guarded.unwrap_or_else(|_| (0, Err(Retry::because("it panicked"))))
    };
    let Err(retry) = outcome else { return Vec::new() };
    let left = &all[done.min(all.len().saturating_sub(1))..];
    tracing::warn!(queue_message_id = left[0].message_id, why = retry.why(), "comes back to the queue");
    queue.give_back(left, &retry).await;
    left.iter().map(|receipt| BatchItem { item_identifier: receipt.message_id.clone() }).collect()
}

/// The records by group, in order. Each record of a standard queue is a group of its own, whatever its group id.
fn groups(records: Vec<SqsRecord>) -> Vec<Vec<SqsRecord>> {
    let mut groups: Vec<Vec<SqsRecord>> = Vec::new();
    let mut places = HashMap::new();
    for record in records {
        match record.fifo_group() {
            Some(group) => {
                let place = *places.entry(group.to_owned()).or_insert(groups.len());
                match groups.get_mut(place) {
                    Some(group) => group.push(record),
                    None => groups.push(vec![record]),
                }
            }
            None => groups.push(vec![record]),
        }
    }
    groups
}

#[cfg(test)]
mod tests;

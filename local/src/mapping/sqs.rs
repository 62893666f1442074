//! From a queue to a function: batches, windows, concurrency, partial failures.
//!
//! What failed stays invisible until its visibility is over: the mapping never gives it back. On a FIFO queue the
//! queue itself holds a group back while one of its messages is out, so order needs nothing here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::sqs_event::event;
use super::{Gate, failed_items};
use crate::aws::sqs::{Delivery, Sqs};
use crate::lambda::Lambda;
use crate::template::QueueMapping;

/// The longest a poll waits for a first message: the longest that SQS allows.
const POLL: Duration = Duration::from_secs(20);
/// Messages in one receive, at most: SQS's own limit.
const RECEIVE_MAX: usize = 10;
/// Batches at once when the mapping names no limit. Lambda begins with 5 and goes far beyond; a laptop has few cores.
const CONCURRENCY: usize = 5;

/// Polls a queue for as long as the host runs.
pub struct Poller {
    /// The queues.
    pub sqs: Sqs,
    /// The functions.
    pub lambda: Lambda,
    /// What to hand to whom.
    pub mapping: QueueMapping,
    /// Held shut by a test.
    pub gate: Gate,
    /// Divides the window.
    pub time_scale: u32,
    /// The most batches at once, whatever the mapping would allow.
    pub concurrency_max: usize,
}

impl Poller {
    /// Runs until dropped. Batches that are under way then are lost to us and come back after their visibility.
    pub async fn run(self) {
        let concurrency = self.mapping.concurrency.unwrap_or(CONCURRENCY).clamp(1, self.concurrency_max);
        let slots = Arc::new(Semaphore::new(concurrency));
        let poller = Arc::new(self);
        let mut batches = JoinSet::new();
        loop {
            poller.gate.passed().await;
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            while batches.try_join_next().is_some() {}
            let deliveries = poller.gather().await;
            if deliveries.is_empty() {
                continue;
            }
            let poller = poller.clone();
            batches.spawn(async move {
                poller.hand_over(deliveries).await;
                drop(slot);
            });
        }
    }

    fn queue(&self) -> &str {
        self.mapping.queue_arn.rsplit(':').next().unwrap_or_default()
    }

    /// A first receive that waits, then more while the batch has room and its window is open.
    async fn gather(&self) -> Vec<Delivery> {
        // A receive takes nothing until it returns, so one that waits may be dropped when the gate closes.
        let mut deliveries = tokio::select! {
            deliveries = self.receive(self.mapping.batch, POLL) => deliveries,
            () = self.gate.closed() => Vec::new(),
        };
        let window = Duration::from_secs(self.mapping.window_seconds) / self.time_scale.max(1);
        let closes = Instant::now() + window;
        while !deliveries.is_empty() && deliveries.len() < self.mapping.batch {
            let left = closes.saturating_duration_since(Instant::now());
            let more = self.receive(self.mapping.batch - deliveries.len(), left).await;
            if more.is_empty() {
                break;
            }
            deliveries.extend(more);
        }
        deliveries
    }

    async fn receive(&self, max: usize, wait: Duration) -> Vec<Delivery> {
        match self.sqs.receive(self.queue(), max.min(RECEIVE_MAX), wait, None).await {
            Ok(deliveries) => deliveries,
            Err(fault) => {
                tracing::error!(queue = self.queue(), ?fault, "a mapping cannot read its queue");
                tokio::time::sleep(Duration::from_secs(1)).await;
                Vec::new()
            }
        }
    }

    async fn hand_over(&self, deliveries: Vec<Delivery>) {
        let event = event(&deliveries, &self.mapping.queue_arn).to_string();
        let Ok(answer) = self.lambda.invoke(&self.mapping.function, event.into()).await else {
            return; // The host has logged why; all of the batch waits for its visibility.
        };
        let known: BTreeSet<&str> = deliveries.iter().map(|delivery| delivery.message.id.as_str()).collect();
        let failed = if self.mapping.reports_failures { failed_items(&answer, &known) } else { Some(BTreeSet::new()) };
        let Some(failed) = failed else {
            tracing::warn!(function = self.mapping.function, "a batch's answer cannot be read: all of it failed");
            return;
        };
        for delivery in deliveries.iter().filter(|delivery| !failed.contains(&delivery.message.id)) {
            if let Err(fault) = self.sqs.delete(self.queue(), &delivery.receipt_handle) {
                tracing::warn!(queue = self.queue(), ?fault, "a handled message could not be deleted");
            }
        }
    }
}

//! All queues together, and what crosses from one to another. Pure: what is to be kept is handed back.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::Notify;

use super::message::{Arriving, Message};
use super::moves::Task;
use super::queue::{Queue, Received, Sent};
use super::{Delivery, NoQueue, Sqs, kept};
use crate::aws::journal::Change;

#[derive(Default)]
pub(super) struct State {
    pub queues: HashMap<String, Queue>,
    pub arrivals: HashMap<String, Arc<Notify>>,
    /// Move tasks, in the order in which they were started.
    pub tasks: Vec<Task>,
    pub seq: u64,
    pub refusing: u32,
}

/// What a step leaves to do: what to keep, and whose queues have something new.
#[derive(Default)]
pub(super) struct Wake {
    pub changes: Vec<Change>,
    pub queues: BTreeSet<String>,
}

impl State {
    /// Nothing yet; numbers begin at the microseconds of `now` (milliseconds since 1970).
    pub(super) fn new(now: u64) -> Self {
        Self { seq: now.saturating_mul(1_000), ..Self::default() }
    }

    pub(super) fn add(&mut self, queue: Queue) {
        self.queues.insert(queue.name.clone(), queue);
    }

    pub(super) fn queue(&mut self, name: &str) -> Result<&mut Queue, NoQueue> {
        self.queues.get_mut(name).ok_or(NoQueue)
    }

    pub(super) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// The messages as they are in the queue now, and what to keep of them.
    pub(super) fn send(
        &mut self,
        name: &str,
        arriving: &[Arriving],
        now: u64,
    ) -> Result<(Vec<Message>, Vec<Change>), NoQueue> {
        let forgotten = self.queue(name)?.forget(now);
        let mut changes: Vec<Change> = forgotten.iter().map(|key| kept::not_seen(name, key)).collect();
        let mut sent = Vec::new();
        for arriving in arriving {
            let seq = self.next_seq();
            match self.queue(name)?.send(arriving, seq, now) {
                Sent::Repeat(message) => sent.push(message),
                Sent::New(message, seen) => {
                    changes.push(kept::message(name, &message));
                    changes.extend(seen.map(|(key, seen)| kept::seen(name, &key, &seen)));
                    sent.push(message);
                }
            }
        }
        Ok((sent, changes))
    }

    /// What can be had of a queue now; what was had too often goes to its dead letters.
    pub(super) fn take(
        &mut self,
        name: &str,
        max: usize,
        visibility: Option<u64>,
        now: u64,
    ) -> Result<(Vec<Delivery>, Wake), NoQueue> {
        let queue = self.queue(name)?;
        let Received { messages, dead, expired } = queue.receive(max, visibility, now);
        let target = queue.rules.redrive.as_ref().and_then(|(arn, _)| arn.rsplit(':').next()).map(str::to_owned);
        let mut wake = Wake::default();
        wake.changes.extend(messages.iter().map(|(message, _)| kept::message(name, message)));
        wake.changes.extend(expired.into_iter().map(|seq| kept::no_message(name, seq)));
        for message in dead {
            wake.changes.push(kept::no_message(name, message.seq));
            let seq = self.next_seq();
            if let Some(queue) = target.as_ref().and_then(|to| self.queues.get_mut(to)) {
                let buried = queue.bury(message, &Sqs::arn(name), seq, now);
                wake.changes.push(kept::message(&queue.name, &buried));
                wake.queues.insert(queue.name.clone());
            }
        }
        let deliver =
            |(message, receipt): (Message, super::Receipt)| Delivery { message, receipt_handle: receipt.handle(name) };
        Ok((messages.into_iter().map(deliver).collect(), wake))
    }
}

//! SQS: standard and FIFO queues, persistent, with redrive, delays, long polls and deduplication.

mod digest;
mod operations;
mod queue;
mod rules;
mod wire;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::timeout;

pub(crate) use self::digest::of_body as md5_of_body;
pub use self::queue::{Arriving, Figures, Message, Receipt};
use self::queue::{Queue, Received};
use self::rules::Attributes;
pub use self::rules::BadAttribute;
pub use self::wire::router;
use super::journal::{Change, Journal};
use super::{ACCOUNT, Data, Now, REGION};
use crate::listen::lock;

/// The service. Its clones are one and the same.
#[derive(Clone)]
pub struct Sqs(Arc<Inner>);

struct Inner {
    now: Now,
    journal: Journal,
    state: Mutex<State>,
    /// Where the service is reached: the start of every queue's URL.
    base: Mutex<String>,
}

#[derive(Default)]
struct State {
    queues: HashMap<String, Queue>,
    arrivals: HashMap<String, Arc<Notify>>,
    seq: u64,
    refusing: u32,
}

/// There is no queue of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoQueue;

/// What a receive hands over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub message: Message,
    pub receipt_handle: String,
}

#[derive(Serialize, Deserialize)]
struct KeptQueue {
    name: String,
    attributes: Attributes,
}

impl Sqs {
    /// Opens what is kept under `sqs.db`, or starts empty.
    pub fn open(data: &Data, now: Now) -> rusqlite::Result<Self> {
        match data.file("sqs.db") {
            Some(file) => Self::of_file(&file, now),
            None => Ok(Self::with(Journal::memory(), State::default(), now)),
        }
    }

    fn of_file(file: &Path, now: Now) -> rusqlite::Result<Self> {
        let (journal, kept) = Journal::open(file)?;
        let mut state = State::default();
        for (key, value) in &kept {
            if let (Some(_), Ok(queue)) = (key.strip_prefix("q/"), serde_json::from_slice::<KeptQueue>(value))
                && let Ok(rules) = rules::rules(&queue.name, &queue.attributes)
            {
                state.add(Queue::new(&queue.name, rules, queue.attributes));
            }
        }
        for (key, value) in kept {
            let Some((name, _)) = key.strip_prefix("m/").and_then(|k| k.rsplit_once('/')) else { continue };
            if let (Some(queue), Ok(message)) = (state.queues.get_mut(name), serde_json::from_slice::<Message>(&value))
            {
                state.seq = state.seq.max(message.seq);
                // Who was working on it died with the last process.
                let visible_at = if message.receives > 0 { 0 } else { message.visible_at };
                queue.insert(Message { visible_at, ..message });
            }
        }
        Ok(Self::with(journal, state, now))
    }

    fn with(journal: Journal, state: State, now: Now) -> Self {
        let base = Mutex::new("http://127.0.0.1".to_owned());
        Self(Arc::new(Inner { now, journal, state: Mutex::new(state), base }))
    }

    /// Tells where the service is reached, e.g. `http://127.0.0.1:9324`.
    pub fn set_base_url(&self, base: &str) {
        base.clone_into(&mut lock(&self.0.base));
    }

    pub fn url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", lock(&self.0.base))
    }

    pub fn arn(name: &str) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
    }

    /// Creates a queue, or sets the attributes of the one that there is. Returns its URL.
    pub async fn create_queue(&self, name: &str, attributes: BTreeMap<String, String>) -> Result<String, BadAttribute> {
        let rules = rules::rules(name, &attributes)?;
        let kept = KeptQueue { name: name.to_owned(), attributes: attributes.clone() };
        {
            let mut state = lock(&self.0.state);
            match state.queues.get_mut(name) {
                Some(queue) => (queue.rules, queue.set) = (rules, attributes),
                None => state.add(Queue::new(name, rules, attributes)),
            }
        }
        let value = serde_json::to_vec(&kept).unwrap_or_default();
        self.0.journal.write(vec![Change::Put(format!("q/{name}"), value)]).await;
        Ok(self.url(name))
    }

    /// Puts messages in; ready when they are kept. Each is answered with what is in the queue for it.
    pub async fn send(&self, name: &str, arriving: Vec<Arriving>) -> Result<Vec<Message>, NoQueue> {
        let now = (self.0.now)();
        let (mut sent, mut changes) = (Vec::new(), Vec::new());
        {
            let mut state = lock(&self.0.state);
            if !state.queues.contains_key(name) {
                return Err(NoQueue);
            }
            for arriving in arriving {
                let seq = state.next_seq();
                let queue = state.queues.get_mut(name).ok_or(NoQueue)?;
                let (message, new) = queue.send(arriving, seq, now);
                if new {
                    changes.push(put(name, &message));
                }
                sent.push(message);
            }
        }
        self.0.journal.write(changes).await;
        self.arrival(name).notify_waiters();
        Ok(sent)
    }

    /// Up to `max` (1–10) messages, waiting up to `wait` for the first. `visibility` in seconds; `None`: the queue's.
    pub async fn receive(
        &self,
        name: &str,
        max: usize,
        wait: Duration,
        visibility: Option<u64>,
    ) -> Result<Vec<Delivery>, NoQueue> {
        let arrival = self.arrival(name);
        let until = tokio::time::Instant::now() + wait;
        loop {
            let arrived = arrival.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            let (messages, next_at) = self.take(name, max, visibility)?;
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            if !messages.is_empty() || left.is_zero() {
                return Ok(messages);
            }
            let in_ms = next_at.map_or(u64::MAX, |at| at.saturating_sub((self.0.now)()).max(1));
            timeout(left.min(Duration::from_millis(in_ms)), arrived).await.ok();
        }
    }

    fn take(&self, name: &str, max: usize, visibility: Option<u64>) -> Result<(Vec<Delivery>, Option<u64>), NoQueue> {
        let now = (self.0.now)();
        let mut state = lock(&self.0.state);
        let queue = state.queues.get_mut(name).ok_or(NoQueue)?;
        let Received { messages, dead } = queue.receive(max, visibility, now);
        let (target, next_at) = (queue.rules.redrive.clone(), queue.next_at());
        let mut changes: Vec<Change> = messages.iter().map(|(message, _)| put(name, message)).collect();
        let mut buried_in = None;
        for message in dead {
            changes.push(Change::Delete(key(name, message.seq)));
            let to = target.as_ref().and_then(|(arn, _)| arn.rsplit(':').next());
            let seq = state.next_seq();
            if let Some(queue) = to.and_then(|to| state.queues.get_mut(to)) {
                let buried = queue.bury(message, &Self::arn(name), seq, now);
                changes.push(put(&queue.name, &buried));
                buried_in = Some(queue.name.clone());
            }
        }
        let notify = buried_in.and_then(|to| state.arrivals.get(&to).cloned());
        drop(state);
        notify.inspect(|n| n.notify_waiters());
        self.0.journal.write_soon(changes);
        let deliver =
            |(message, receipt): (Message, Receipt)| Delivery { message, receipt_handle: handle(name, receipt) };
        Ok((messages.into_iter().map(deliver).collect(), next_at))
    }

    /// Deletes what the receipt names. A receipt that is well formed but stale is no error, as in AWS.
    pub fn delete(&self, name: &str, receipt_handle: &str) -> Result<(), BadReceipt> {
        let receipt = receipt(name, receipt_handle).ok_or(BadReceipt::NotOurs)?;
        let deleted = {
            let mut state = lock(&self.0.state);
            state.queues.get_mut(name).ok_or(BadReceipt::NoQueue)?.delete(receipt)
        };
        if deleted {
            self.0.journal.write_soon(vec![Change::Delete(key(name, receipt.seq))]);
            self.arrival(name).notify_waiters();
        }
        Ok(())
    }

    /// Hides a message for this many seconds from now; 0 gives it back at once.
    pub fn change_visibility(&self, name: &str, receipt_handle: &str, seconds: u64) -> Result<(), BadReceipt> {
        let receipt = receipt(name, receipt_handle).ok_or(BadReceipt::NotOurs)?;
        let now = (self.0.now)();
        let mut state = lock(&self.0.state);
        let queue = state.queues.get_mut(name).ok_or(BadReceipt::NoQueue)?;
        let changed = queue.change_visibility(receipt, seconds, now).ok_or(BadReceipt::NotInFlight)?;
        drop(state);
        self.0.journal.write_soon(vec![put(name, &changed)]);
        self.arrival(name).notify_waiters();
        Ok(())
    }

    pub fn purge(&self, name: &str) -> Result<(), NoQueue> {
        let purged = lock(&self.0.state).queues.get_mut(name).ok_or(NoQueue)?.purge();
        self.0.journal.write_soon(purged.into_iter().map(|seq| Change::Delete(key(name, seq))).collect());
        Ok(())
    }

    /// Ready when all changes so far are kept.
    pub async fn flush(&self) {
        self.0.journal.write(Vec::new()).await;
    }

    /// Every queue's figures, by name.
    pub fn figures(&self) -> BTreeMap<String, Figures> {
        let now = (self.0.now)();
        lock(&self.0.state).queues.iter().map(|(name, queue)| (name.clone(), queue.figures(now))).collect()
    }

    /// Refuses the next `n` sends with an error of the service: a fault for tests.
    pub fn refuse_sends(&self, n: u32) {
        lock(&self.0.state).refusing = n;
    }

    fn refuses(&self) -> bool {
        let mut state = lock(&self.0.state);
        let refuses = state.refusing > 0;
        state.refusing = state.refusing.saturating_sub(1);
        refuses
    }

    fn arrival(&self, name: &str) -> Arc<Notify> {
        lock(&self.0.state).arrivals.entry(name.to_owned()).or_default().clone()
    }
}

/// Why a receipt handle does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadReceipt {
    NoQueue,
    /// Not one of this queue's handles.
    NotOurs,
    NotInFlight,
}

impl State {
    fn add(&mut self, queue: Queue) {
        self.queues.insert(queue.name.clone(), queue);
    }

    fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }
}

fn key(queue: &str, seq: u64) -> String {
    format!("m/{queue}/{seq:020}")
}

fn put(queue: &str, message: &Message) -> Change {
    Change::Put(key(queue, message.seq), serde_json::to_vec(message).unwrap_or_default())
}

fn handle(queue: &str, receipt: Receipt) -> String {
    data_encoding::BASE64URL_NOPAD.encode(format!("{queue}/{}/{}", receipt.seq, receipt.nonce).as_bytes())
}

fn receipt(queue: &str, handle: &str) -> Option<Receipt> {
    let text = String::from_utf8(data_encoding::BASE64URL_NOPAD.decode(handle.as_bytes()).ok()?).ok()?;
    let (rest, nonce) = text.rsplit_once('/')?;
    let (of, seq) = rest.rsplit_once('/')?;
    (of == queue).then_some(Receipt { seq: seq.parse().ok()?, nonce: nonce.parse().ok()? })
}

//! SQS: standard and FIFO queues, persistent, with redrive, delays, long polls, fair order and deduplication.

mod digest;
mod kept;
mod known;
mod line;
mod message;
mod moves;
mod operations;
mod queue;
mod rules;
mod state;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

pub(crate) use self::digest::of_body as md5_of_body;
pub use self::message::{Arriving, Message, Receipt};
pub use self::queue::Figures;
use self::queue::Queue;
pub use self::rules::BadAttribute;
use self::state::{State, Wake};
pub use self::wire::router;
use super::journal::Journal;
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

/// There is no queue of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoQueue;

/// What a receive hands over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub message: Message,
    pub receipt_handle: String,
}

/// Why a receipt handle does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadReceipt {
    NoQueue,
    /// Not one of this queue's handles.
    NotOurs,
    NotInFlight,
    /// A FIFO queue's message is with another by now, or with nobody.
    Expired,
}

/// How often a poll looks whether a move task has brought something.
const MOVE_STEP: Duration = Duration::from_secs(1);

impl Sqs {
    /// Opens what is kept under `sqs.db`, or starts empty.
    pub fn open(data: &Data, now: Now) -> rusqlite::Result<Self> {
        let (journal, kept) = match data.file("sqs.db") {
            Some(file) => Journal::open(&file)?,
            None => (Journal::memory(), Vec::new()),
        };
        let state = Mutex::new(kept::read(&kept, now()));
        let base = Mutex::new("http://127.0.0.1".to_owned());
        Ok(Self(Arc::new(Inner { now, journal, state, base })))
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
        let change = {
            let mut state = lock(&self.0.state);
            match state.queues.get_mut(name) {
                Some(queue) => (queue.rules, queue.set) = (rules, attributes),
                None => state.add(Queue::new(name, rules, attributes, (self.0.now)())),
            }
            state.queues.get(name).map(kept::queue)
        };
        self.0.journal.write(change.into_iter().collect()).await;
        Ok(self.url(name))
    }

    /// Changes a queue's tags.
    async fn tag(&self, name: &str, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<(), NoQueue> {
        let kept = {
            let mut state = lock(&self.0.state);
            let queue = state.queue(name)?;
            change(&mut queue.tags);
            kept::queue(queue)
        };
        self.0.journal.write(vec![kept]).await;
        Ok(())
    }

    /// Puts messages in; ready when they are kept. Each is answered with what is in the queue for it.
    pub async fn send(&self, name: &str, arriving: Vec<Arriving>) -> Result<Vec<Message>, NoQueue> {
        let (sent, changes) = lock(&self.0.state).send(name, &arriving, (self.0.now)())?;
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
            let (messages, pause) = self.take(name, max, visibility)?;
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            if !messages.is_empty() || left.is_zero() {
                return Ok(messages);
            }
            timeout(left.min(pause), arrived).await.ok();
        }
    }

    /// What can be had now, and how long it is until there may be more.
    fn take(&self, name: &str, max: usize, visibility: Option<u64>) -> Result<(Vec<Delivery>, Duration), NoQueue> {
        self.run_moves();
        let now = (self.0.now)();
        let mut state = lock(&self.0.state);
        let (deliveries, wake) = state.take(name, max, visibility, now)?;
        let next_at = state.queue(name)?.next_at();
        let pause = next_at.map_or(Duration::MAX, |at| Duration::from_millis(at.saturating_sub(now).max(1)));
        let pause = if state.moves() { pause.min(MOVE_STEP) } else { pause };
        drop(state);
        self.woken(wake);
        Ok((deliveries, pause))
    }

    /// Keeps what a step changed, soon, and wakes who waits for what it brought.
    fn woken(&self, wake: Wake) {
        self.0.journal.write_soon(wake.changes);
        wake.queues.iter().for_each(|name| self.arrival(name).notify_waiters());
    }

    /// Deletes what the receipt names. On a standard queue a receipt that is well formed but stale is no error, as in AWS.
    pub fn delete(&self, name: &str, receipt_handle: &str) -> Result<(), BadReceipt> {
        let receipt = Receipt::read(name, receipt_handle).ok_or(BadReceipt::NotOurs)?;
        let now = (self.0.now)();
        let deleted = {
            let mut state = lock(&self.0.state);
            let queue = state.queue(name).map_err(|NoQueue| BadReceipt::NoQueue)?;
            queue.delete(receipt, now).map_err(|queue::Expired| BadReceipt::Expired)?
        };
        if deleted {
            self.0.journal.write_soon(vec![kept::no_message(name, receipt.seq)]);
            self.arrival(name).notify_waiters();
        }
        Ok(())
    }

    /// Hides a message for this many seconds from now; 0 gives it back at once.
    pub fn change_visibility(&self, name: &str, receipt_handle: &str, seconds: u64) -> Result<(), BadReceipt> {
        let receipt = Receipt::read(name, receipt_handle).ok_or(BadReceipt::NotOurs)?;
        let now = (self.0.now)();
        let changed = {
            let mut state = lock(&self.0.state);
            let queue = state.queue(name).map_err(|NoQueue| BadReceipt::NoQueue)?;
            queue.change_visibility(receipt, seconds, now).ok_or(BadReceipt::NotInFlight)?
        };
        self.0.journal.write_soon(vec![kept::message(name, &changed)]);
        self.arrival(name).notify_waiters();
        Ok(())
    }

    pub fn purge(&self, name: &str) -> Result<(), NoQueue> {
        let purged = lock(&self.0.state).queue(name)?.purge();
        self.0.journal.write_soon(purged.into_iter().map(|seq| kept::no_message(name, seq)).collect());
        Ok(())
    }

    /// Ready when all changes so far are kept.
    pub async fn flush(&self) {
        self.0.journal.write(Vec::new()).await;
    }

    /// Every queue's figures, by name.
    pub fn figures(&self) -> BTreeMap<String, Figures> {
        self.run_moves();
        let now = (self.0.now)();
        lock(&self.0.state).queues.iter_mut().map(|(name, queue)| (name.clone(), queue.figures(now))).collect()
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

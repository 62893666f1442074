//! From a table's stream to a function: several shards, each in order, each at its own pace.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use dynoxide::Database;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::stream_batch::hand_over;
use super::stream_event::Change;
use super::stream_place::Place;
use super::stream_settle::Settler;
use super::{Gate, filter};
use crate::aws::dynamodb::is_change;
use crate::aws::journal::Journal;
use crate::lambda::Lambda;
use crate::template::StreamMapping;

/// Shards of a stream. The emulator's stream is one log; it is dealt out by partition key, so that no function can
/// come to trust an order across items.
const SHARDS: usize = 4;
/// Records that may wait in a shard before the reader waits for it.
const SHARD_BACKLOG: usize = 1_000;
/// How often the stream is read though nobody rang: items that expire ring no bell.
const UNRUNG: Duration = Duration::from_secs(1);

/// Stores an object: bucket, key, body.
pub type Store = Arc<dyn Fn(String, String, Bytes) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Reads a stream for one mapping for as long as the host runs.
pub struct Reader {
    /// The tables.
    pub database: Database,
    /// The table whose stream it is.
    pub table: String,
    /// The name of its partition key.
    pub partition_key: String,
    /// What to hand to whom.
    pub mapping: StreamMapping,
    /// The function's ARN.
    pub function_arn: String,
    /// The functions.
    pub lambda: Lambda,
    /// Rings after each write to a table.
    pub bell: Arc<Notify>,
    /// Where what is given up goes.
    pub store: Store,
    /// Held shut by a test.
    pub gate: Gate,
    /// How long a record waits before its shard hands it over: from, to.
    pub delay: (Duration, Duration),
    /// Decides the delays.
    pub seed: u64,
    /// Divides waits.
    pub time_scale: u32,
    /// How far it has come.
    pub progress: Progress,
}

/// How far a mapping has come, and what it has not settled.
#[derive(Clone)]
pub struct Progress {
    place: Place,
    drawn: Arc<AtomicU64>,
}

impl Progress {
    /// Goes on from what was kept, or from the stream's beginning (`TRIM_HORIZON`).
    pub fn new(journal: Journal, key: String, kept: Option<i64>) -> Self {
        Self { place: Place::new(journal, key, kept.unwrap_or(0)), drawn: Arc::default() }
    }

    /// Records not settled, and when the oldest was made, in milliseconds since the epoch.
    pub fn open(&self) -> (usize, Option<u64>) {
        self.place.open()
    }

    /// The place up to which all is settled.
    pub fn settled_up_to(&self) -> i64 {
        self.place.kept()
    }
}

impl Reader {
    /// Runs until dropped.
    pub async fn run(mut self) {
        let bell = self.bell.clone();
        let mut position = self.progress.place.kept();
        self.mapping.filters.retain(|pattern| filter::check(pattern).is_ok());
        let reader = Arc::new(self);
        let mut tasks = JoinSet::new();
        let shards: Vec<_> = (0..SHARDS).map(|shard| reader.clone().shard(shard, &mut tasks)).collect();
        loop {
            let rung = bell.notified();
            tokio::pin!(rung);
            rung.as_mut().enable(); // From here on: a write during the read below is not missed.
            let (changes, next) = reader.read(position).await;
            if next > position {
                for (shard, change) in changes {
                    reader.progress.place.opened(change.place, change.created_ms);
                    if shards[shard].send(change).await.is_err() {
                        return;
                    }
                }
                position = next;
                reader.progress.place.read(position);
            } else if tokio::time::timeout(UNRUNG, rung).await.is_err() {
                tracing::trace!(table = reader.table, "nobody rang");
            }
        }
    }

    /// The next records that pass the filter, each with its shard, and the place after all that were read.
    async fn read(&self, position: i64) -> (Vec<(usize, Change)>, i64) {
        let shard_id = dynoxide::streams::shard_id(&self.table);
        let iterator = encode_shard_iterator(&self.table, &shard_id, position);
        let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(1_000) };
        let database = self.database.clone();
        let records = match tokio::task::spawn_blocking(move || database.get_records(request)).await {
            Ok(Ok(answer)) => answer.records,
            Ok(Err(fault)) => {
                tracing::error!(table = self.table, ?fault, "a stream cannot be read");
                return (Vec::new(), position);
            }
            Err(_) => return (Vec::new(), position), // The host is ending.
        };
        let all: Vec<_> = records.iter().filter_map(|record| Change::of(record, &self.mapping.stream_arn)).collect();
        let next = all.iter().map(|change| change.place).max().unwrap_or(position);
        let changed = all.into_iter().filter(|change| is_change(&change.json));
        let passed = changed.filter(|change| filter::passes(&self.mapping.filters, &change.json));
        (passed.map(|change| (self.shard_of(&change), change)).collect(), next)
    }

    fn shard_of(&self, change: &Change) -> usize {
        let mut hasher = DefaultHasher::new();
        change.json["dynamodb"]["Keys"][self.partition_key.as_str()].to_string().hash(&mut hasher);
        (hasher.finish() % SHARDS as u64) as usize
    }

    fn shard(self: Arc<Self>, shard: usize, tasks: &mut JoinSet<()>) -> mpsc::Sender<Change> {
        let (sender, mut inbox) = mpsc::channel(SHARD_BACKLOG);
        tasks.spawn(async move {
            while let Some(batch) = self.gather(&mut inbox).await {
                self.gate.passed().await;
                let settler = Settler {
                    place: &self.progress.place,
                    mapping: &self.mapping,
                    function_arn: &self.function_arn,
                    store: &self.store,
                    shard,
                };
                hand_over(batch, &self.lambda, self.time_scale, &settler).await;
            }
        });
        sender
    }

    /// A first record, the shard's delay, and whatever else has come meanwhile.
    async fn gather(&self, inbox: &mut mpsc::Receiver<Change>) -> Option<Vec<Change>> {
        let mut batch = vec![inbox.recv().await?];
        let window = Duration::from_secs(self.mapping.window_seconds) / self.time_scale.max(1);
        let until = Instant::now() + self.next_delay().max(window);
        while batch.len() < self.mapping.batch {
            match tokio::time::timeout_at(until, inbox.recv()).await {
                Ok(Some(change)) => batch.push(change),
                Ok(None) | Err(_) => break,
            }
        }
        Some(batch)
    }

    /// Splitmix64 over a seed and a counter: one seed, one sequence of delays.
    fn next_delay(&self) -> Duration {
        let (from, to) = self.delay;
        let drawn = self.progress.drawn.fetch_add(1, Ordering::Relaxed);
        let mut z = self.seed.wrapping_add(drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let span = u64::try_from(to.saturating_sub(from).as_micros()).unwrap_or(u64::MAX).saturating_add(1);
        from + Duration::from_micros((z ^ (z >> 31)) % span)
    }
}

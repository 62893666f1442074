//! The event-source mappings: queues and streams to functions, with partial batches and repeats.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use bootstrap::batch::{BatchAnswer, SqsEvent};
use bootstrap::stream::StreamEvent;
use futures_util::future::select;
use serde_dynamo::Item;
use serde_json::json;

use crate::aws::dynamodb::{Change, SHARDS};
use crate::aws::sqs::Message;
use crate::bugs::Bug;
use crate::host::Died;
use crate::time::Scheduler;
use crate::world::World;

type Answered = Pin<Box<dyn Future<Output = Result<BatchAnswer, Died>>>>;

/// A function that takes batches of a queue.
pub type QueueFunction = Rc<dyn Fn(SqsEvent) -> Answered>;

/// A function that takes batches of a stream.
pub type StreamFunction = Rc<dyn Fn(StreamEvent<Item>) -> Answered>;

/// How long a poll waits that finds nothing.
const IDLE: Duration = Duration::from_secs(20);

/// Invocations of one mapping at once.
const AT_ONCE: usize = 10;

/// Feeds a function from a queue, for as long as the run goes on.
pub async fn queue(world: World, scheduler: Scheduler, name: &'static str, batch: usize, function: QueueFunction) {
    let running = Rc::new(Cell::new(0_usize));
    loop {
        let now = world.now();
        let messages = match running.get() < AT_ONCE {
            true => world.clouds().queues.receive(name, 1 + world.chance.below(batch), now),
            false => Vec::new(),
        };
        if messages.is_empty() {
            let next = world.clouds().queues.next_visible(name).filter(|at| *at > now);
            let wait = next.map_or(IDLE, |at| Duration::from_millis((at - now) as u64).min(IDLE));
            select(pin!(world.bells.queues.notified()), pin!(world.time.sleep(wait))).await;
            continue;
        }
        running.set(running.get() + 1);
        let (world, running, function) = (world.clone(), Rc::clone(&running), Rc::clone(&function));
        scheduler.spawn(async move {
            let answer = function(event(name, &messages)).await;
            settle(&world, name, &messages, answer);
            running.set(running.get() - 1);
            world.bells.queues.notify_waiters();
        });
    }
}

/// Takes what was done off the queue; the rest comes back in its time.
fn settle(world: &World, name: &str, messages: &[Message], answer: Result<BatchAnswer, Died>) {
    let failed: Vec<String> = match (answer, world.bug) {
        (_, Some(Bug::AcksBeforeWrite)) => Vec::new(),
        (Ok(answer), _) => answer.batch_item_failures.into_iter().map(|item| item.item_identifier).collect(),
        (Err(Died), _) => messages.iter().map(|message| message.id.clone()).collect(),
    };
    if !failed.is_empty() {
        world.trace().note(world.time.micros(), format!("{name}: {} of {} come again", failed.len(), messages.len()));
    }
    let done: Vec<String> = messages.iter().filter(|m| !failed.contains(&m.id)).map(|m| m.receipt.clone()).collect();
    world.clouds().queues.delete(name, &done);
}

fn event(queue: &str, messages: &[Message]) -> SqsEvent {
    let record = |m: &Message| {
        json!({
            "messageId": m.id, "receiptHandle": m.receipt, "body": m.body, "eventSourceARN": format!("arn:aws:sqs:eu-west-1:1:{queue}"),
            "attributes": {
                "ApproximateReceiveCount": m.receives.to_string(), "MessageGroupId": m.group, "SentTimestamp": m.sent_at.to_string(),
            },
        })
    };
    let records: Vec<_> = messages.iter().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).expect("an event of the known form")
}

/// How far a stream's reader has come, in all of its shards.
#[derive(Clone, Default)]
pub struct Progress(Rc<RefCell<[usize; SHARDS]>>);

impl Progress {
    /// Whether everything that was told so far is settled.
    pub fn is_done(&self, world: &World) -> bool {
        let places = self.0.borrow();
        let clouds = world.clouds();
        (0..SHARDS).all(|shard| clouds.dynamodb.stream().after(shard, places[shard]).is_empty())
    }
}

/// One reader of the stream: which changes it wants, and who takes them.
#[derive(Clone)]
pub struct Reader {
    pub wants: fn(&Change) -> bool,
    pub function: StreamFunction,
    pub progress: Progress,
}

/// A batch is tried so often at most, as the template has it: five retries.
const TRIES: u32 = 6;

/// Feeds a function from one shard, for as long as the run goes on.
pub async fn shard(world: World, reader: Reader, shard: usize) {
    loop {
        let place = reader.progress.0.borrow()[shard];
        let changes: Vec<Change> =
            world.clouds().dynamodb.stream().after(shard, place).iter().take(100).cloned().collect();
        if changes.is_empty() {
            world.bells.stream.notified().await;
            world.time.sleep(Duration::from_millis(world.chance.between(20, 600))).await;
            continue;
        }
        let count = changes.len();
        let wanted: Vec<Change> = changes.into_iter().filter(|change| (reader.wants)(change)).collect();
        if !wanted.is_empty() {
            hand_over(&world, &reader, wanted).await;
        }
        reader.progress.0.borrow_mut()[shard] += count;
    }
}

/// As Lambda leaves it in the bucket.
fn give_up(world: &World, changes: &[Change]) {
    let at = world.time.micros();
    world.trace().note(at, format!("{} changes of the stream are given up", changes.len()));
    let records: Vec<_> = changes.iter().map(Change::record).collect();
    let note = json!({ "version": "1.0", "payload": json!({ "Records": records }).to_string() });
    world.clouds().bucket.leave(&format!("mapping/shard/{at}-{}", changes[0].sequence_number()), note.to_string());
}

async fn hand_over(world: &World, reader: &Reader, mut changes: Vec<Change>) {
    let mut tries = 0;
    while !changes.is_empty() {
        let event = StreamEvent { records: changes.iter().map(Change::read).collect() };
        let from = match (reader.function)(event).await {
            Ok(answer) => answer.batch_item_failures.into_iter().next().map(|item| item.item_identifier),
            Err(Died) => Some(changes[0].sequence_number()),
        };
        let Some(from) = from else { return };
        if world.bug == Some(Bug::SkipsRedelivery) {
            return;
        }
        let at = changes.iter().position(|change| change.sequence_number() == from).unwrap_or(0);
        tries = if at == 0 { tries + 1 } else { 1 };
        changes.drain(..at);
        if tries == TRIES {
            give_up(world, &changes);
            return;
        }
        world.time.sleep(Duration::from_millis(200 << tries)).await;
    }
}

//! What outlives the process: queues, messages, deduplication ids and move tasks, each under a key of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::known::Seen;
use super::message::Message;
use super::moves::Task;
use super::queue::Queue;
use super::rules::{self, Attributes};
use super::state::State;
use crate::aws::journal::Change;

#[derive(Serialize, Deserialize)]
struct KeptQueue {
    name: String,
    attributes: Attributes,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

pub(super) fn queue(queue: &Queue) -> Change {
    let kept = KeptQueue { name: queue.name.clone(), attributes: queue.set.clone(), tags: queue.tags.clone() };
    Change::Put(format!("q/{}", queue.name), json(&kept))
}

pub(super) fn message(queue: &str, message: &Message) -> Change {
    Change::Put(message_key(queue, message.seq), json(message))
}

pub(super) fn no_message(queue: &str, seq: u64) -> Change {
    Change::Delete(message_key(queue, seq))
}

fn message_key(queue: &str, seq: u64) -> String {
    format!("m/{queue}/{seq:020}")
}

pub(super) fn seen(queue: &str, key: &str, seen: &Seen) -> Change {
    Change::Put(format!("d/{queue}/{key}"), json(seen))
}

pub(super) fn not_seen(queue: &str, key: &str) -> Change {
    Change::Delete(format!("d/{queue}/{key}"))
}

pub(super) fn task(task: &Task) -> Change {
    Change::Put(format!("t/{}", task.id), json(task))
}

pub(super) fn no_task(id: &str) -> Change {
    Change::Delete(format!("t/{id}"))
}

fn json(kept: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(kept).unwrap_or_default()
}

/// The state as it was kept. A message's sequence number is never given again: numbers go on from the microseconds of
/// `now`, which no process before has reached.
pub(super) fn read(kept: &[(String, Vec<u8>)], now: u64) -> State {
    let mut state = State::new(now);
    for (_, value) in of_kind(kept, "q/") {
        if let Ok(KeptQueue { name, attributes, tags }) = serde_json::from_slice(value)
            && let Ok(rules) = rules::rules(&name, &attributes)
        {
            let mut queue = Queue::new(&name, rules, attributes, now);
            queue.tags = tags;
            state.add(queue);
        }
    }
    for (key, value) in of_kind(kept, "m/") {
        if let Some((name, _)) = key.split_once('/')
            && let (Some(queue), Ok(message)) = (state.queues.get_mut(name), serde_json::from_slice::<Message>(value))
        {
            state.seq = state.seq.max(message.seq);
            // Who was working on it died with the last process.
            let visible_at = if message.receives > 0 { 0 } else { message.visible_at };
            queue.insert(Message { visible_at, ..message });
        }
    }
    for (key, value) in of_kind(kept, "d/") {
        if let Some((name, id)) = key.split_once('/')
            && let (Some(queue), Ok(seen)) = (state.queues.get_mut(name), serde_json::from_slice(value))
        {
            queue.know(id.to_owned(), seen);
        }
    }
    let tasks = of_kind(kept, "t/").filter_map(|(_, value)| serde_json::from_slice(value).ok());
    state.tasks = tasks.collect();
    state.tasks.sort_by_key(|task: &Task| task.started_at);
    state
}

fn of_kind<'a>(kept: &'a [(String, Vec<u8>)], kind: &str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    kept.iter().filter_map(move |(key, value)| Some((key.strip_prefix(kind)?, value.as_slice())))
}

//! SQS: what the functions send, and what the mappings receive. FIFO groups, deduplication for five minutes, visibility,
//! delays, redrive.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::seam::{Answer, Call};

/// [Deduplication](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html), ms.
const DEDUPLICATION: i64 = 300_000;

/// A standard queue delivers one in so many records twice.
const TWICE: usize = 10;

#[derive(Clone, Debug)]
pub struct Message {
    pub id: String,
    pub body: String,
    pub group: String,
    pub receives: u32,
    pub sent_at: i64,
    /// Of the newest receive.
    pub receipt: String,
    visible_at: i64,
}

pub struct Queue {
    name: &'static str,
    visibility_ms: i64,
    /// Receives before a record is dead.
    receives_max: u32,
    messages: Vec<Message>,
    seen: BTreeMap<String, i64>,
}

/// The queues of the template, and their dead-letter queues (`…-dlq`).
pub struct Queues {
    all: BTreeMap<&'static str, Queue>,
    chance: Chance,
    sent: u64,
    /// Whether a send of several may be refused in part, as the next one will be.
    pub refuse_part: bool,
    /// Until when it takes nothing.
    pub down_until: i64,
}

pub const INBOUND: &str = "inbound.fifo";
pub const OUTBOUND: &str = "outbound";
pub const MEDIA: &str = "media";
pub const DEAD: [(&str, &str); 3] = [(INBOUND, "inbound-dlq.fifo"), (OUTBOUND, "outbound-dlq"), (MEDIA, "media-dlq")];

impl Queues {
    /// As `infra/template.yaml` has them.
    pub fn new(chance: Chance) -> Self {
        let queue = |name, seconds| (name, Queue::new(name, seconds, 8));
        let dead = DEAD.map(|(_, dlq)| (dlq, Queue::new(dlq, 180, u32::MAX)));
        let live = [queue(INBOUND, 60), queue(OUTBOUND, 90), queue(MEDIA, 300)];
        Self { all: live.into_iter().chain(dead).collect(), chance, sent: 0, refuse_part: false, down_until: 0 }
    }

    pub fn perform(&mut self, call: &Call, now: i64) -> Answer {
        let input = call.json();
        let name = input["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default().to_owned();
        let entries = input["Entries"].as_array().cloned().unwrap_or_default();
        match call.action.as_str() {
            "SendMessageBatch" if now < self.down_until => Answer::error(call.service, 500, "InternalError"),
            "SendMessageBatch" => self.send_batch(&name, &entries, now),
            "ChangeMessageVisibilityBatch" => {
                let queue = self.all.get_mut(name.as_str()).expect("a queue of the template");
                let done: Vec<Value> = entries.iter().map(|entry| queue.change_visibility(entry, now)).collect();
                Answer::json(200, &json!({ "Successful": done, "Failed": [] }))
            }
            other => unreachable!("the queues play no {other}"),
        }
    }

    fn send_batch(&mut self, name: &str, entries: &[Value], now: i64) -> Answer {
        let refused = std::mem::take(&mut self.refuse_part).then(|| self.chance.below(entries.len()));
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for (place, entry) in entries.iter().enumerate() {
            if refused == Some(place) {
                failed.push(json!({ "Id": entry["Id"], "Code": "InternalError", "SenderFault": false }));
                continue;
            }
            self.sent += 1;
            let id = format!("m{:08}", self.sent);
            self.all.get_mut(name).expect("a queue of the template").send(&id, entry, now);
            done.push(json!({ "Id": entry["Id"], "MessageId": id, "MD5OfMessageBody": "0" }));
        }
        Answer::json(200, &json!({ "Successful": done, "Failed": failed }))
    }

    /// Up to `most` records that are visible, as a mapping's poll gets them; the dead ones go where they belong.
    pub fn receive(&mut self, name: &str, most: usize, now: i64) -> Vec<Message> {
        let queue = self.all.get_mut(name).expect("a queue of the template");
        let (got, dead) = queue.receive(most, now, &self.chance);
        if let Some((_, dlq)) = DEAD.iter().find(|(live, _)| *live == name) {
            let dlq = self.all.get_mut(dlq).expect("each queue has one");
            dlq.messages.extend(dead.into_iter().map(|m| Message { receives: 0, visible_at: now, ..m }));
        }
        got
    }

    /// Takes records out for good, by their receipts.
    pub fn delete(&mut self, name: &str, receipts: &[String]) {
        let queue = self.all.get_mut(name).expect("a queue of the template");
        queue.messages.retain(|m| !receipts.contains(&m.receipt));
    }

    /// When the next record of a queue can be seen.
    pub fn next_visible(&self, name: &str) -> Option<i64> {
        self.all[name].messages.iter().map(|m| m.visible_at).min()
    }

    pub fn depth(&self) -> usize {
        self.all.values().map(|q| q.messages.len()).sum()
    }

    /// What lies on a queue, for a violation's report.
    pub fn bodies(&self) -> Vec<(&'static str, String, u32)> {
        let of = |q: &Queue| q.messages.iter().map(|m| (q.name, m.body.clone(), m.receives)).collect::<Vec<_>>();
        self.all.values().flat_map(of).collect()
    }
}

impl Queue {
    fn new(name: &'static str, seconds: i64, receives_max: u32) -> Self {
        let (messages, seen) = (Vec::new(), BTreeMap::new());
        Self { name, visibility_ms: seconds * 1_000, receives_max, messages, seen }
    }

    fn is_fifo(&self) -> bool {
        self.name.ends_with(".fifo")
    }

    fn send(&mut self, id: &str, entry: &Value, now: i64) {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        if self.is_fifo() {
            let key = format!("{} {}", text("MessageGroupId"), text("MessageDeduplicationId"));
            let known = self.seen.get(&key).is_some_and(|at| now - at < DEDUPLICATION);
            if known {
                return;
            }
            self.seen.insert(key, now);
        }
        let delay = entry["DelaySeconds"].as_i64().unwrap_or(0) * 1_000;
        self.messages.push(Message {
            id: id.to_owned(),
            body: text("MessageBody"),
            group: text("MessageGroupId"),
            receives: 0,
            sent_at: now,
            receipt: String::new(),
            visible_at: now + delay,
        });
    }

    fn receive(&mut self, most: usize, now: i64, chance: &Chance) -> (Vec<Message>, Vec<Message>) {
        let (fifo, visibility, limit) = (self.is_fifo(), self.visibility_ms, self.receives_max);
        let mut blocked: BTreeSet<String> = BTreeSet::new();
        let (mut got, mut dead) = (Vec::new(), Vec::new());
        let start = if fifo { 0 } else { chance.below(self.messages.len()) };
        self.messages.rotate_left(start);
        for message in &mut self.messages {
            if got.len() == most {
                break;
            }
            if message.visible_at > now {
                if fifo {
                    blocked.insert(message.group.clone());
                }
                continue;
            }
            if blocked.contains(&message.group) {
                continue;
            }
            if message.receives >= limit {
                dead.push(message.clone());
                continue;
            }
            message.receives += 1;
            message.receipt = format!("{}-{}", message.id, message.receives);
            let twice = !fifo && chance.below(TWICE) == 0;
            message.visible_at = if twice { now + 1 } else { now + visibility };
            got.push(message.clone());
        }
        self.messages.retain(|m| !dead.iter().any(|d| d.id == m.id));
        (got, dead)
    }

    fn change_visibility(&mut self, entry: &Value, now: i64) -> Value {
        let receipt = entry["ReceiptHandle"].as_str().unwrap_or_default();
        if let Some(message) = self.messages.iter_mut().find(|m| m.receipt == receipt) {
            message.visible_at = now + entry["VisibilityTimeout"].as_i64().unwrap_or(0) * 1_000;
        }
        json!({ "Id": entry["Id"] })
    }
}

//! One queue: what is in it, who may have it, and when. Pure: the time is an argument, and nothing waits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

/// How long a FIFO queue remembers a deduplication id, in milliseconds.
/// [AWS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html).
const DEDUPLICATION: u64 = 5 * 60_000;

/// How long a queue keeps a message, unless its attribute says otherwise: four days, in seconds.
pub(super) const RETENTION: u64 = 345_600;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: String,
    /// Its place in the queue; also FIFO's sequence number.
    pub seq: u64,
    pub body: String,
    /// As the wire has them: name → `{DataType, StringValue?, BinaryValue?}`.
    #[serde(default)]
    pub attributes: serde_json::Map<String, serde_json::Value>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    pub sent_at: u64,
    /// Hidden until this time: a delay, or someone is working on it.
    pub visible_at: u64,
    pub receives: u32,
    pub first_received_at: Option<u64>,
    /// Where it failed before it came here.
    pub source: Option<String>,
}

/// What decides how a queue behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub fifo: bool,
    /// Deduplicate within a message group, not across the queue.
    pub by_group: bool,
    pub content_based: bool,
    /// Seconds.
    pub visibility: u64,
    pub delay: u64,
    pub retention: u64,
    pub wait: u64,
    /// The ARN of the dead-letter queue and how many receives a message may have.
    pub redrive: Option<(String, u32)>,
}

/// What a queue holds, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub visible: usize,
    pub in_flight: usize,
    pub delayed: usize,
    /// Age of the oldest message, in milliseconds.
    pub oldest_ms: u64,
}

/// A message on its way in.
#[derive(Clone, Debug, Default)]
pub struct Arriving {
    pub id: String,
    pub body: String,
    pub attributes: serde_json::Map<String, serde_json::Value>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
    /// Seconds; `None`: the queue's.
    pub delay: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Queue {
    pub name: String,
    pub rules: Rules,
    /// As they were set.
    pub set: BTreeMap<String, String>,
    messages: BTreeMap<u64, Message>,
    /// Messages whose receipt is with someone, and which receipt.
    held: HashMap<u64, u64>,
    /// Standard queues: when each can be seen.
    order: BTreeSet<(u64, u64)>,
    /// FIFO queues: each group's messages, and when its first can be had.
    groups: HashMap<String, BTreeSet<u64>>,
    ready: BTreeSet<(u64, u64, String)>,
    known: HashMap<String, (u64, String, u64)>,
    receipts: u64,
}

/// What a receipt handle says: which message, and which receipt of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub seq: u64,
    pub nonce: u64,
}

/// What became of a receive.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub messages: Vec<(Message, Receipt)>,
    /// Those that have been received too often: for the dead-letter queue.
    pub dead: Vec<Message>,
}

impl Queue {
    pub(super) fn new(name: &str, rules: Rules, set: BTreeMap<String, String>) -> Self {
        Self {
            name: name.to_owned(),
            rules,
            set,
            messages: BTreeMap::new(),
            held: HashMap::new(),
            order: BTreeSet::new(),
            groups: HashMap::new(),
            ready: BTreeSet::new(),
            known: HashMap::new(),
            receipts: 0,
        }
    }

    /// Puts a message in under this number, unless its deduplication id is known: then the one that is here already.
    pub(super) fn send(&mut self, arriving: Arriving, seq: u64, now: u64) -> (Message, bool) {
        if let Some(key) = self.deduplication_key(&arriving) {
            if let Some((until, id, known)) = self.known.get(&key)
                && *until > now
            {
                let message = self.messages.get(known).cloned();
                let gone = || self.message(&arriving, *known, now);
                return (Message { id: id.clone(), ..message.unwrap_or_else(gone) }, false);
            }
            self.known.insert(key, (now + DEDUPLICATION, arriving.id.clone(), seq));
        }
        let message = self.message(&arriving, seq, now);
        self.insert(message.clone());
        (message, true)
    }

    fn message(&self, arriving: &Arriving, seq: u64, now: u64) -> Message {
        Message {
            id: arriving.id.clone(),
            seq,
            body: arriving.body.clone(),
            attributes: arriving.attributes.clone(),
            group: arriving.group.clone(),
            deduplication: arriving.deduplication.clone(),
            sent_at: now,
            visible_at: now + 1_000 * arriving.delay.unwrap_or(self.rules.delay),
            receives: 0,
            first_received_at: None,
            source: None,
        }
    }

    fn deduplication_key(&self, arriving: &Arriving) -> Option<String> {
        let id = arriving.deduplication.as_ref().filter(|_| self.rules.fifo)?;
        let group = arriving.group.as_ref().filter(|_| self.rules.by_group);
        Some(group.map_or_else(|| id.clone(), |g| format!("{g}\n{id}")))
    }

    /// Puts a message in as it is: out of the journal, or from another queue.
    pub(super) fn insert(&mut self, message: Message) {
        let seq = message.seq;
        if let (true, Some(group)) = (self.rules.fifo, &message.group) {
            let group = group.clone();
            self.unready(&group);
            self.groups.entry(group.clone()).or_default().insert(seq);
            self.messages.insert(seq, message);
            self.make_ready(&group);
        } else {
            self.order.insert((message.visible_at, seq));
            self.messages.insert(seq, message);
        }
    }

    /// A message that fails elsewhere and comes here to wait for a person.
    pub(super) fn bury(&mut self, message: Message, source: &str, seq: u64, now: u64) -> Message {
        let mut buried = Message { seq, visible_at: now, source: Some(source.to_owned()), ..message };
        if self.rules.fifo {
            // A move to a FIFO dead-letter queue makes the message's id its deduplication id, and starts its age anew.
            buried.deduplication = Some(buried.id.clone());
            buried.sent_at = now;
        }
        self.insert(buried.clone());
        buried
    }

    fn unready(&mut self, group: &str) {
        if let Some((at, first)) = self.group_state(group) {
            self.ready.remove(&(at, first, group.to_owned()));
        }
    }

    fn make_ready(&mut self, group: &str) {
        match self.group_state(group) {
            Some((at, first)) => {
                self.ready.insert((at, first, group.to_owned()));
            }
            None => {
                self.groups.remove(group);
            }
        }
    }

    /// When the group's first message can be had: while any of the group is with someone, none of it can.
    fn group_state(&self, group: &str) -> Option<(u64, u64)> {
        let of_group = self.groups.get(group)?;
        let first = *of_group.first()?;
        let held = of_group.iter().filter(|seq| self.held.contains_key(seq));
        let until = held.filter_map(|seq| self.messages.get(seq)).map(|m| m.visible_at).max();
        let first_at = self.messages.get(&first).map_or(0, |m| m.visible_at);
        Some((until.unwrap_or(0).max(first_at), first))
    }

    /// Up to `max` messages that can be had now, hidden from others for `visibility` seconds.
    pub(super) fn receive(&mut self, max: usize, visibility: Option<u64>, now: u64) -> Received {
        self.expire(now);
        let until = now + 1_000 * visibility.unwrap_or(self.rules.visibility);
        let mut received = Received::default();
        while received.messages.len() < max {
            let Some(seqs) = self.next(max - received.messages.len(), now) else { break };
            for seq in seqs {
                self.hand_over(seq, until, now, &mut received);
            }
        }
        received
    }

    /// The messages that can be had next: one of a standard queue, the first few of one group of a FIFO queue.
    fn next(&self, most: usize, now: u64) -> Option<Vec<u64>> {
        if !self.rules.fifo {
            return self.order.first().filter(|(at, _)| *at <= now).map(|(_, seq)| vec![*seq]);
        }
        let (_, _, group) = self.ready.first().filter(|(at, ..)| *at <= now)?;
        let visible = |seq: &&u64| self.messages.get(seq).is_some_and(|m| m.visible_at <= now);
        Some(self.groups.get(group)?.iter().take_while(visible).take(most).copied().collect())
    }

    fn hand_over(&mut self, seq: u64, until: u64, now: u64, received: &mut Received) {
        let too_often = |m: &Message| self.rules.redrive.as_ref().is_some_and(|(_, max)| m.receives >= *max);
        if self.messages.get(&seq).is_some_and(too_often) {
            received.dead.extend(self.take(seq));
            return;
        }
        self.receipts += 1;
        let nonce = self.receipts;
        let receive = |m: &mut Message| {
            m.receives += 1;
            m.first_received_at.get_or_insert(now);
        };
        if let Some(message) = self.hide(seq, until, receive, Some(nonce)) {
            received.messages.push((message, Receipt { seq, nonce }));
        }
    }

    /// Changes a message and when it can be seen, keeping the indexes right. `held`: who has it, if anyone.
    fn hide(&mut self, seq: u64, until: u64, change: impl FnOnce(&mut Message), held: Option<u64>) -> Option<Message> {
        let group = self.messages.get(&seq)?.group.clone().filter(|_| self.rules.fifo);
        match &group {
            Some(group) => self.unready(group),
            None => {
                let at = self.messages.get(&seq)?.visible_at;
                self.order.remove(&(at, seq));
            }
        }
        match held {
            Some(nonce) => self.held.insert(seq, nonce),
            None => self.held.remove(&seq),
        };
        let message = self.messages.get_mut(&seq)?;
        change(message);
        message.visible_at = until;
        let changed = message.clone();
        match &group {
            Some(group) => self.make_ready(group),
            None => {
                self.order.insert((until, seq));
            }
        }
        Some(changed)
    }

    /// Takes a message out for good.
    fn take(&mut self, seq: u64) -> Option<Message> {
        let group = self.messages.get(&seq)?.group.clone().filter(|_| self.rules.fifo);
        if let Some(group) = &group {
            self.unready(group);
        }
        let message = self.messages.remove(&seq)?;
        self.held.remove(&seq);
        self.order.remove(&(message.visible_at, seq));
        if let Some(group) = &group {
            self.groups.entry(group.clone()).or_default().remove(&seq);
            self.make_ready(group);
        }
        Some(message)
    }

    /// Deletes by receipt: `true` if there was something to delete. A receipt that is not the newest deletes from a standard
    /// queue all the same, and from a FIFO queue only while nobody has had the message since.
    pub(super) fn delete(&mut self, receipt: Receipt) -> bool {
        let stale = self.held.get(&receipt.seq).is_some_and(|newest| *newest != receipt.nonce);
        if self.rules.fifo && stale { false } else { self.take(receipt.seq).is_some() }
    }

    /// Hides a message for this many seconds from now; `None` when it is not with the receipt's holder any more.
    pub(super) fn change_visibility(&mut self, receipt: Receipt, seconds: u64, now: u64) -> Option<Message> {
        let in_flight = self.messages.get(&receipt.seq).is_some_and(|m| m.visible_at > now);
        if !in_flight || self.held.get(&receipt.seq) != Some(&receipt.nonce) {
            return None;
        }
        let held = (seconds > 0).then_some(receipt.nonce);
        self.hide(receipt.seq, now + 1_000 * seconds, |_| {}, held)
    }

    /// When the next message can be had, if any ever can.
    pub(super) fn next_at(&self) -> Option<u64> {
        if self.rules.fifo { self.ready.first().map(|r| r.0) } else { self.order.first().map(|o| o.0) }
    }

    pub(super) fn purge(&mut self) -> Vec<u64> {
        let all: Vec<u64> = self.messages.keys().copied().collect();
        for seq in &all {
            self.take(*seq);
        }
        all
    }

    fn expire(&mut self, now: u64) {
        let oldest = now.saturating_sub(1_000 * self.rules.retention);
        let old: Vec<u64> = self.messages.values().take_while(|m| m.sent_at < oldest).map(|m| m.seq).collect();
        for seq in old {
            self.take(seq);
        }
        if self.known.len() > 100_000 {
            self.known.retain(|_, (until, ..)| *until > now);
        }
    }

    pub(super) fn figures(&self, now: u64) -> Figures {
        let mut figures = Figures::default();
        for message in self.messages.values() {
            match (message.visible_at > now, self.held.contains_key(&message.seq)) {
                (false, _) => figures.visible += 1,
                (true, true) => figures.in_flight += 1,
                (true, false) => figures.delayed += 1,
            }
            figures.oldest_ms = figures.oldest_ms.max(now.saturating_sub(message.sent_at));
        }
        figures
    }
}

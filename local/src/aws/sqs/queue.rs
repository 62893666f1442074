//! One queue: what is in it, who may have it, and when. Pure: the time is an argument, and nothing waits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::known::{DEDUPLICATION, Known, Seen};
use super::line::Line;
use super::message::{Arriving, Message, Receipt};
use super::rules::{Attributes, Rules};

/// What a queue holds, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub visible: usize,
    pub in_flight: usize,
    pub delayed: usize,
    /// Age of the oldest message, in milliseconds.
    pub oldest_ms: u64,
}

#[derive(Debug)]
pub(super) struct Queue {
    pub name: String,
    pub rules: Rules,
    /// As they were set.
    pub set: Attributes,
    pub tags: BTreeMap<String, String>,
    messages: BTreeMap<u64, Message>,
    /// By when each was sent: the first is the first to be too old.
    by_age: BTreeSet<(u64, u64)>,
    line: Line,
    /// The newest receipt of each message that someone has or had.
    newest: HashMap<u64, u64>,
    known: Known,
    receipts: u64,
}

/// What became of a send.
#[derive(Debug)]
pub(super) enum Sent {
    /// It is in the queue; a FIFO queue knows it by this key for a while.
    New(Message, Option<(String, Seen)>),
    /// It was sent before: this is what was sent.
    Repeat(Message),
}

/// What became of a receive.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub messages: Vec<(Message, Receipt)>,
    /// Those that have been received too often: for the dead-letter queue.
    pub dead: Vec<Message>,
    /// The numbers of those that had waited too long, and are gone.
    pub expired: Vec<u64>,
}

/// The receipt is no one's any more: its time is over, or another has the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expired;

impl Queue {
    /// `now` also numbers the receipts, so that no handle of an earlier process means anything in this one.
    pub(super) fn new(name: &str, rules: Rules, set: Attributes, now: u64) -> Self {
        Self {
            name: name.to_owned(),
            line: Line::new(rules.fifo),
            rules,
            set,
            tags: BTreeMap::new(),
            messages: BTreeMap::new(),
            by_age: BTreeSet::new(),
            newest: HashMap::new(),
            known: Known::default(),
            receipts: now,
        }
    }

    /// Puts a message in under this number, unless its deduplication id is known: then the one that is here already.
    pub(super) fn send(&mut self, arriving: &Arriving, seq: u64, now: u64) -> Sent {
        let key = self.deduplication_key(arriving);
        if let Some(seen) = key.as_ref().and_then(|key| self.known.get(key, now)) {
            let gone = || Message::of(arriving, seen.seq, now, 0);
            let message = self.messages.get(&seen.seq).cloned().unwrap_or_else(gone);
            return Sent::Repeat(Message { id: seen.id.clone(), ..message });
        }
        let message = Message::of(arriving, seq, now, arriving.delay.unwrap_or(self.rules.delay));
        self.insert(message.clone());
        let seen = key.map(|key| (key, Seen { until: now + DEDUPLICATION, id: message.id.clone(), seq }));
        if let Some((key, seen)) = seen.clone() {
            self.know(key, seen);
        }
        Sent::New(message, seen)
    }

    fn deduplication_key(&self, arriving: &Arriving) -> Option<String> {
        let id = arriving.deduplication.as_ref().filter(|_| self.rules.fifo)?;
        let group = arriving.group.as_ref().filter(|_| self.rules.by_group);
        Some(group.map_or_else(|| id.clone(), |g| format!("{g}\n{id}")))
    }

    pub(super) fn know(&mut self, key: String, seen: Seen) {
        self.known.keep(key, seen);
    }

    /// Forgets the deduplication ids whose time is over, and says which.
    pub(super) fn forget(&mut self, now: u64) -> Vec<String> {
        self.known.forget(now)
    }

    /// Puts a message in as it is: out of the journal, or from another queue.
    pub(super) fn insert(&mut self, message: Message) {
        self.stand(&message, false);
        self.by_age.insert((message.sent_at, message.seq));
        self.messages.insert(message.seq, message);
    }

    fn stand(&mut self, message: &Message, in_flight: bool) {
        let group = message.group.as_deref().unwrap_or_default();
        self.line.enter(message.seq, group, message.visible_at, in_flight);
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

    /// Up to `max` messages that can be had now, hidden from others for `visibility` seconds.
    pub(super) fn receive(&mut self, max: usize, visibility: Option<u64>, now: u64) -> Received {
        let mut received = Received { expired: self.expire(now), ..Received::default() };
        self.line.pass(now);
        let until = now + 1_000 * visibility.unwrap_or(self.rules.visibility);
        while received.messages.len() < max {
            let next = self.line.next(max - received.messages.len());
            if next.is_empty() {
                break;
            }
            for seq in next {
                self.hand_over(seq, until, now, &mut received);
            }
        }
        received
    }

    fn hand_over(&mut self, seq: u64, until: u64, now: u64, received: &mut Received) {
        let too_often = |m: &Message| self.rules.redrive.as_ref().is_some_and(|(_, max)| m.receives >= *max);
        if self.messages.get(&seq).is_some_and(too_often) {
            received.dead.extend(self.take(seq));
            return;
        }
        self.receipts += 1;
        let nonce = self.receipts;
        self.newest.insert(seq, nonce);
        let Some(message) = self.messages.get_mut(&seq) else { return };
        message.receives += 1;
        message.first_received_at.get_or_insert(now);
        received.messages.extend(self.hide(seq, until, true).map(|message| (message, Receipt { seq, nonce })));
    }

    /// Changes when a message can be seen, and whether someone has it until then.
    fn hide(&mut self, seq: u64, until: u64, in_flight: bool) -> Option<Message> {
        let message = self.messages.get_mut(&seq)?;
        message.visible_at = until;
        let changed = message.clone();
        self.line.leave(seq);
        self.stand(&changed, in_flight);
        Some(changed)
    }

    /// Takes a message out for good.
    pub(super) fn take(&mut self, seq: u64) -> Option<Message> {
        let message = self.messages.remove(&seq)?;
        self.by_age.remove(&(message.sent_at, seq));
        self.newest.remove(&seq);
        self.line.leave(seq);
        Some(message)
    }

    /// The message that would be handed over next.
    pub(super) fn first(&mut self, now: u64) -> Option<&Message> {
        self.line.pass(now);
        let seq = self.line.next(1).pop()?;
        self.messages.get(&seq)
    }

    /// Deletes by receipt: `true` if there was something to delete. A receipt whose time is over, or that is not the
    /// newest, deletes from a standard queue all the same; a FIFO queue refuses it.
    pub(super) fn delete(&mut self, receipt: Receipt, now: u64) -> Result<bool, Expired> {
        if self.rules.fifo && self.messages.contains_key(&receipt.seq) && !self.holds(receipt, now) {
            return Err(Expired);
        }
        Ok(self.take(receipt.seq).is_some())
    }

    /// Whether the message is with whoever has this receipt.
    fn holds(&mut self, receipt: Receipt, now: u64) -> bool {
        self.line.pass(now);
        self.line.in_flight(receipt.seq) && self.newest.get(&receipt.seq) == Some(&receipt.nonce)
    }

    /// Hides a message for this many seconds from now; `None` when it is not with the receipt's holder any more.
    pub(super) fn change_visibility(&mut self, receipt: Receipt, seconds: u64, now: u64) -> Option<Message> {
        if !self.holds(receipt, now) {
            return None;
        }
        self.hide(receipt.seq, now + 1_000 * seconds, seconds > 0)
    }

    /// When the next message can be had, if any ever can: no later than it can.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.line.next_at()
    }

    pub(super) fn purge(&mut self) -> Vec<u64> {
        let all: Vec<u64> = self.messages.keys().copied().collect();
        for seq in &all {
            self.take(*seq);
        }
        all
    }

    fn expire(&mut self, now: u64) -> Vec<u64> {
        let oldest = now.saturating_sub(1_000 * self.rules.retention);
        let mut expired = Vec::new();
        while let Some((_, seq)) = self.by_age.first().copied().filter(|(sent_at, _)| *sent_at < oldest) {
            self.take(seq);
            expired.push(seq);
        }
        expired
    }

    pub(super) fn figures(&mut self, now: u64) -> Figures {
        self.line.pass(now);
        let counts = self.line.counts();
        let oldest_ms = self.by_age.first().map_or(0, |(sent_at, _)| now.saturating_sub(*sent_at));
        Figures { visible: counts.visible, in_flight: counts.in_flight, delayed: counts.delayed, oldest_ms }
    }
}

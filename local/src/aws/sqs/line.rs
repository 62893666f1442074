//! Who is next in a queue. Messages stand in line by group, so that no step walks over all that wait.

use std::collections::{BTreeSet, HashMap};

/// A group is noisy when it has at least this many messages in flight…
/// [AWS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html).
const NOISY_MIN: usize = 30;
/// …and more than this part of the queue's, as one in so many.
const NOISY_SHARE: usize = 10;

/// How many messages there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub visible: usize,
    pub in_flight: usize,
    pub delayed: usize,
}

/// The line of one queue. Its times are milliseconds since 1970.
#[derive(Debug)]
pub(super) struct Line {
    fifo: bool,
    standing: HashMap<u64, Standing>,
    /// What cannot be had yet, by when it can.
    hidden: BTreeSet<(u64, u64)>,
    groups: HashMap<String, Group>,
    /// The groups that have something to give: since when, its number, whose it is.
    open: BTreeSet<(u64, u64, String)>,
    /// Groups by what they have in flight: the noisy ones are at the end.
    busy: BTreeSet<(usize, String)>,
    in_flight: usize,
    /// Entries walked over: a test holds us to few.
    #[cfg(test)]
    pub(super) walked: usize,
}

#[derive(Debug)]
struct Standing {
    group: String,
    /// When it could be had, or can.
    at: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Delayed,
    InFlight,
}

#[derive(Debug, Default)]
struct Group {
    /// FIFO: all of the group by number. Standard: what can be had, by when it first could.
    line: BTreeSet<(u64, u64)>,
    in_flight: usize,
    /// Its entry among the open ones.
    open: Option<(u64, u64)>,
}

impl Line {
    pub(super) fn new(fifo: bool) -> Self {
        Self {
            fifo,
            standing: HashMap::new(),
            hidden: BTreeSet::new(),
            groups: HashMap::new(),
            open: BTreeSet::new(),
            busy: BTreeSet::new(),
            in_flight: 0,
            #[cfg(test)]
            walked: 0,
        }
    }

    /// Lets a message stand in line, hidden until this time; `in_flight`: because someone has it. On a standard queue a
    /// message without a group is a tenant of its own, so the group `""` is never noisy.
    pub(super) fn enter(&mut self, seq: u64, group: &str, at: u64, in_flight: bool) {
        let state = if in_flight { State::InFlight } else { State::Delayed };
        self.standing.insert(seq, Standing { group: group.to_owned(), at, state });
        self.hidden.insert((at, seq));
        if self.fifo {
            self.groups.entry(group.to_owned()).or_default().line.insert((0, seq));
        }
        if in_flight {
            self.fly(group, 1);
        }
        self.open_or_shut(group);
    }

    pub(super) fn leave(&mut self, seq: u64) {
        let Some(Standing { group, at, state }) = self.standing.remove(&seq) else { return };
        self.hidden.remove(&(at, seq));
        let place = self.place(at, seq);
        if let Some(group) = self.groups.get_mut(&group) {
            group.line.remove(&place);
        }
        if state == State::InFlight {
            self.fly(&group, -1);
        }
        self.open_or_shut(&group);
    }

    /// What was hidden until now can be had.
    pub(super) fn pass(&mut self, now: u64) {
        while let Some((at, seq)) = self.hidden.first().copied().filter(|(at, _)| *at <= now) {
            self.hidden.pop_first();
            self.walk(1);
            let Some(standing) = self.standing.get_mut(&seq) else { continue };
            let was = std::mem::replace(&mut standing.state, State::Waiting);
            let group = standing.group.clone();
            if was == State::InFlight {
                self.fly(&group, -1);
            }
            let place = self.place(at, seq);
            self.groups.entry(group.clone()).or_default().line.insert(place);
            self.open_or_shut(&group);
        }
    }

    /// What can be had next: one of a standard queue, the first few of one group of a FIFO queue.
    pub(super) fn next(&mut self, most: usize) -> Vec<u64> {
        if !self.fifo {
            return self.fair().into_iter().collect();
        }
        let Some(group) = self.open.first().and_then(|(.., group)| self.groups.get(group)) else { return Vec::new() };
        let waits = |seq: &u64| self.standing.get(seq).is_some_and(|it| it.state == State::Waiting);
        let next: Vec<u64> = group.line.iter().map(|(_, seq)| *seq).take(most).take_while(waits).collect();
        self.walk(next.len());
        next
    }

    /// The oldest message of a quiet group; of a noisy one if there is no other.
    fn fair(&mut self) -> Option<u64> {
        let noisy = |(flying, _): &&(usize, String)| *flying >= NOISY_MIN && flying * NOISY_SHARE > self.in_flight;
        let noisy: Vec<&str> = self.busy.iter().rev().take_while(noisy).map(|(_, group)| group.as_str()).collect();
        let quiet = self.open.iter().position(|(.., group)| !noisy.contains(&group.as_str()));
        let next = self.open.iter().nth(quiet.unwrap_or(0)).map(|(_, seq, _)| *seq);
        let walked = noisy.len() + quiet.unwrap_or(0);
        self.walk(walked);
        next
    }

    /// When something may be had next, if anything ever can: no later than it can.
    pub(super) fn next_at(&self) -> Option<u64> {
        let open = self.open.first().map(|(since, ..)| *since);
        open.or_else(|| self.hidden.first().map(|(at, _)| *at))
    }

    pub(super) fn in_flight(&self, seq: u64) -> bool {
        self.standing.get(&seq).is_some_and(|standing| standing.state == State::InFlight)
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            visible: self.standing.len() - self.hidden.len(),
            in_flight: self.in_flight,
            delayed: self.hidden.len() - self.in_flight,
        }
    }

    fn place(&self, at: u64, seq: u64) -> (u64, u64) {
        if self.fifo { (0, seq) } else { (at, seq) }
    }

    /// A message of the group takes off, or comes down.
    fn fly(&mut self, name: &str, by: isize) {
        let group = self.groups.entry(name.to_owned()).or_default();
        let before = group.in_flight;
        group.in_flight = before.saturating_add_signed(by);
        self.in_flight = self.in_flight.saturating_add_signed(by);
        if !self.fifo && !name.is_empty() {
            self.busy.remove(&(before, name.to_owned()));
            self.busy.insert((group.in_flight, name.to_owned()));
        }
    }

    /// Notes whether the group has something to give: on a FIFO queue nothing, while any of it is with someone.
    fn open_or_shut(&mut self, name: &str) {
        let Some(group) = self.groups.get_mut(name) else { return };
        let first = group.line.first().and_then(|(_, seq)| Some((*seq, self.standing.get(seq)?)));
        let first = first.filter(|(_, it)| it.state == State::Waiting && !(self.fifo && group.in_flight > 0));
        let open = first.map(|(seq, standing)| (standing.at, seq));
        let before = std::mem::replace(&mut group.open, open);
        let forgotten = group.line.is_empty() && group.in_flight == 0;
        if let Some((at, seq)) = before {
            self.open.remove(&(at, seq, name.to_owned()));
        }
        if let Some((at, seq)) = open {
            self.open.insert((at, seq, name.to_owned()));
        }
        if forgotten {
            self.groups.remove(name);
            self.busy.remove(&(0, name.to_owned()));
        }
    }

    #[cfg(test)]
    fn walk(&mut self, entries: usize) {
        self.walked += entries + 1;
    }

    #[cfg(not(test))]
    fn walk(&mut self, _entries: usize) {}
}

#[cfg(test)]
mod tests;

//! What became of what was sent: counts one list against another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use serde::Serialize;

/// What the system said of something that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The system said that it has it: it must be there.
    Taken,
    /// Only a repetition was taken.
    TakenLater,
    /// It never was: the sender knows that it may be missing.
    Never,
}

impl Answered {
    /// What it comes to when the same thing was sent once more.
    pub fn or(self, repetition: Self) -> Self {
        match (self, repetition) {
            (Self::Taken | Self::TakenLater, _) => self,
            (Self::Never, Self::Taken | Self::TakenLater) => Self::TakenLater,
            (Self::Never, Self::Never) => Self::Never,
        }
    }
}

/// What was sent, by its id.
pub type Sent = BTreeMap<String, Answered>;

/// What it comes to. `sent` is `ok + lost + duplicated + refused`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub sent: u32,
    /// There, once.
    pub ok: u32,
    /// Taken, and not there.
    pub lost: u32,
    /// There more than once.
    pub duplicated: u32,
    /// There, and neither sent by us nor there before.
    pub unexpected: u32,
    /// Not taken at first, taken when sent again.
    pub recovered: u32,
    /// Never taken, and not there.
    pub refused: u32,
}

impl Tally {
    /// Compares what was sent with the ids that the export shows now, less what it showed before.
    pub fn of<'a>(sent: &Sent, there: impl IntoIterator<Item = &'a str>) -> Self {
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for id in there {
            *seen.entry(id).or_default() += 1;
        }
        let unexpected = seen.iter().filter(|(id, _)| !sent.contains_key(**id)).map(|(_, times)| times).sum();
        let mut tally = Self { unexpected, ..Self::default() };
        for (id, answered) in sent {
            tally.count(*answered, seen.get(id.as_str()).copied().unwrap_or(0));
        }
        tally
    }

    fn count(&mut self, answered: Answered, times: u32) {
        self.sent += 1;
        self.recovered += u32::from(answered == Answered::TakenLater);
        *match (answered, times) {
            (_, 1) => &mut self.ok,
            (Answered::Never, 0) => &mut self.refused,
            (Answered::Taken | Answered::TakenLater, 0) => &mut self.lost,
            (_, 2..) => &mut self.duplicated,
        } += 1;
    }

    /// Whether each thing that was sent is there once, and nothing else is.
    pub fn is_clean(&self) -> bool {
        self.lost + self.duplicated + self.unexpected + self.refused == 0
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        let Self { sent, ok, lost, duplicated, unexpected, recovered, refused } = other;
        self.sent += sent;
        self.ok += ok;
        self.lost += lost;
        self.duplicated += duplicated;
        self.unexpected += unexpected;
        self.recovered += recovered;
        self.refused += refused;
    }
}

/// Those that were taken and are not there yet.
pub fn missing<'a>(sent: &'a Sent, there: &BTreeSet<&str>) -> Vec<&'a str> {
    let due = sent.iter().filter(|(id, answered)| **answered != Answered::Never && !there.contains(id.as_str()));
    due.map(|(id, _)| id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Sent {
        let rows =
            [("a", Answered::Taken), ("b", Answered::TakenLater), ("c", Answered::Never), ("d", Answered::Taken)];
        rows.into_iter().map(|(id, answered)| (id.to_owned(), answered)).collect()
    }

    #[test]
    fn each_thing_once_is_ok_however_late_it_was_taken() {
        let tally = Tally::of(&sent(), ["d", "c", "b", "a"]);
        assert_eq!(tally, Tally { sent: 4, ok: 4, recovered: 1, ..Tally::default() });
        assert!(tally.is_clean());
    }

    #[test]
    fn what_is_missing_doubled_or_unknown_is_told_apart() {
        let tally = Tally::of(&sent(), ["b", "b", "d", "x", "x"]);
        let expected = Tally { sent: 4, ok: 1, lost: 1, duplicated: 1, unexpected: 2, recovered: 1, refused: 1 };
        assert_eq!(tally, expected);
        assert!(!tally.is_clean());
    }

    #[test]
    fn a_repetition_can_save_what_was_refused_and_spoils_nothing() {
        use Answered::{Never, Taken, TakenLater};
        for (first, repetition, then) in
            [(Taken, Never, Taken), (TakenLater, Taken, TakenLater), (Never, Taken, TakenLater), (Never, Never, Never)]
        {
            assert_eq!(first.or(repetition), then, "{first:?} and {repetition:?}");
        }
    }

    #[test]
    fn only_what_was_taken_is_waited_for() {
        assert_eq!(missing(&sent(), &BTreeSet::from(["a"])), vec!["b", "d"]);
    }
}

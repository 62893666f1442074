//! How fast one socket may act.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::Timestamp;

/// At most this many actions in a second. A person who walks a list by key repeat makes fewer.
pub(crate) const ACTIONS_MAX: u32 = 20;

/// Who asks for this many in a second does not listen: the socket is closed.
const FLOOD: u32 = 100;

/// At most this many sockets are remembered, so that nobody can fill the memory with them.
const SOCKETS_MAX: usize = 10_000;

/// Whether an action is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    Fine,
    TooFast,
    /// Close it.
    Flood,
}

/// Actions of each socket in its current second, as far as this process has seen them. A socket's actions meet one process or
/// few: a flood of more than `FLOOD` a second, spread over many, meets the bound in each. What is asked too fast costs no read.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<String, (i64, u32)>>);

impl Rates {
    pub(crate) fn pace(&self, connection: &str, now: Timestamp) -> Pace {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= SOCKETS_MAX && !seen.contains_key(connection) {
            seen.retain(|_, (second, _)| *second == now.seconds());
            if seen.len() >= SOCKETS_MAX {
                return Pace::TooFast;
            }
        }
        let (second, count) = seen.entry(connection.to_owned()).or_default();
        if *second != now.seconds() {
            (*second, *count) = (now.seconds(), 0);
        }
        *count += 1;
        match *count {
            0..=ACTIONS_MAX => Pace::Fine,
            FLOOD.. => Pace::Flood,
            _ => Pace::TooFast,
        }
    }

    pub(crate) fn forget(&self, connection: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_actions_a_second_are_fine_and_a_hundred_are_the_end() {
        let rates = Rates::default();
        let at = Timestamp::from_seconds;
        let paces = |connection, second, times| -> Vec<Pace> {
            (0..times).map(|_| rates.pace(connection, at(second))).collect()
        };
        assert_eq!(paces("a", 1, 20), [Pace::Fine; 20]);
        assert_eq!(paces("a", 1, 79), [Pace::TooFast; 79]);
        assert_eq!(paces("a", 1, 2), [Pace::Flood; 2]);
        assert_eq!(paces("b", 1, 1), [Pace::Fine]);
        assert_eq!(paces("a", 2, 1), [Pace::Fine], "a new second");
    }

    #[test]
    fn a_crowd_fills_no_memory() {
        let rates = Rates::default();
        let now = Timestamp::from_seconds(1);
        for n in 0..SOCKETS_MAX {
            assert_eq!(rates.pace(&n.to_string(), now), Pace::Fine);
        }
        assert_eq!(rates.pace("one more", now), Pace::TooFast);
        assert_eq!(rates.pace("one more", Timestamp::from_seconds(2)), Pace::Fine);
        rates.forget("one more");
        assert_eq!(rates.0.lock().unwrap().len(), 0);
    }
}

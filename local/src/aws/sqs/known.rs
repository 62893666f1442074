//! What a FIFO queue has seen of late: the deduplication ids of the last five minutes.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

/// How long a FIFO queue remembers a deduplication id, in milliseconds.
/// [AWS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html).
pub(super) const DEDUPLICATION: u64 = 5 * 60_000;

/// The message that came with a deduplication id, and until when a repeat of it is the same message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub until: u64,
    pub id: String,
    pub seq: u64,
}

/// Deduplication ids, each with its message, in the order in which they are forgotten.
#[derive(Debug, Default)]
pub(super) struct Known {
    seen: HashMap<String, Seen>,
    by_end: BTreeSet<(u64, String)>,
}

impl Known {
    pub(super) fn get(&self, key: &str, now: u64) -> Option<&Seen> {
        self.seen.get(key).filter(|seen| seen.until > now)
    }

    pub(super) fn keep(&mut self, key: String, seen: Seen) {
        let until = seen.until;
        if let Some(before) = self.seen.insert(key.clone(), seen) {
            self.by_end.remove(&(before.until, key.clone()));
        }
        self.by_end.insert((until, key));
    }

    /// Forgets what is over, and says what that was.
    pub(super) fn forget(&mut self, now: u64) -> Vec<String> {
        let mut gone = Vec::new();
        while self.by_end.first().is_some_and(|(until, _)| *until <= now) {
            let Some((_, key)) = self.by_end.pop_first() else { break };
            self.seen.remove(&key);
            gone.push(key);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_forgotten_and_nothing_else() {
        let mut known = Known::default();
        let seen = |until| Seen { until, id: "m".to_owned(), seq: 1 };
        known.keep("a".to_owned(), seen(10));
        known.keep("b".to_owned(), seen(20));
        known.keep("a".to_owned(), seen(30)); // Seen again, after its first time was over.
        assert_eq!(known.forget(9), Vec::<String>::new());
        assert_eq!(known.forget(20), ["b"]);
        assert_eq!((known.get("a", 29), known.get("a", 30)), (Some(&seen(30)), None));
        assert_eq!(known.forget(30), ["a"]);
    }
}

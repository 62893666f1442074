//! How far a mapping has come in its stream: the place up to which every record is settled.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::aws::journal::{Change as Write, Journal};
use crate::listen::lock;

/// Kept across restarts. Shards settle out of order, so the place is just below the oldest record still open;
/// what was settled above it is handed over again after a crash, as Lambda may do.
#[derive(Clone)]
pub(super) struct Place {
    inner: Arc<Mutex<Inner>>,
    journal: Journal,
    key: String,
}

#[derive(Debug, Default)]
struct Inner {
    open: BTreeSet<(i64, u64)>,
    read: i64,
    kept: i64,
}

impl Place {
    pub(super) fn new(journal: Journal, key: String, kept: i64) -> Self {
        Self { inner: Arc::new(Mutex::new(Inner { open: BTreeSet::new(), read: kept, kept })), journal, key }
    }

    /// The place to read on from.
    pub(super) fn kept(&self) -> i64 {
        lock(&self.inner).kept
    }

    pub(super) fn opened(&self, place: i64, created_ms: u64) {
        lock(&self.inner).open.insert((place, created_ms));
    }

    /// Everything up to here has been read; what passed the filter is open.
    pub(super) fn read(&self, place: i64) {
        lock(&self.inner).read = place;
        self.keep();
    }

    pub(super) fn settled(&self, places: impl Iterator<Item = (i64, u64)>) {
        {
            let mut inner = lock(&self.inner);
            for place in places {
                inner.open.remove(&place);
            }
        }
        self.keep();
    }

    /// Records open, and when the oldest of them was made, in milliseconds since the epoch.
    pub(super) fn open(&self) -> (usize, Option<u64>) {
        let inner = lock(&self.inner);
        (inner.open.len(), inner.open.first().map(|(_, created_ms)| *created_ms))
    }

    fn keep(&self) {
        let mut inner = lock(&self.inner);
        let place = inner.open.first().map_or(inner.read, |(oldest, _)| oldest - 1);
        if place > inner.kept {
            inner.kept = place;
            self.journal.write_soon(vec![Write::Put(self.key.clone(), place.to_string().into_bytes())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_stays_below_the_oldest_open_record() {
        let place = Place::new(Journal::memory(), "relay".to_owned(), 10);
        place.opened(12, 0);
        place.opened(15, 0);
        place.read(20);
        assert_eq!((place.kept(), place.open()), (11, (2, Some(0))));
        place.settled([(15, 0)].into_iter());
        assert_eq!(place.kept(), 11, "12 is still open");
        place.settled([(12, 0)].into_iter());
        assert_eq!((place.kept(), place.open()), (20, (0, None)));
    }
}

//! What was read a moment ago and may be used again: bounded in number and in age.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Timestamp;

/// A function serves one request at a time, so the lock is never waited for.
pub struct Cache<K, V> {
    life: Duration,
    max: usize,
    entries: Mutex<HashMap<K, (Timestamp, V)>>,
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// Keeps at most `max` entries, each for `life`.
    pub fn new(max: usize, life: Duration) -> Self {
        Self { life, max, entries: Mutex::default() }
    }

    pub fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let entries = self.entries();
        let (at, value) = entries.get(key)?;
        (now.since(*at) < self.life).then(|| value.clone())
    }

    pub fn put(&self, key: K, value: V, now: Timestamp) {
        let mut entries = self.entries();
        if entries.len() >= self.max {
            entries.retain(|_, (at, _)| now.since(*at) < self.life);
        }
        if entries.len() >= self.max {
            entries.clear();
        }
        entries.insert(key, (now, value));
    }

    pub fn forget(&self, key: &K) {
        self.entries().remove(key);
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, (Timestamp, V)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_there_for_its_life_and_never_more_than_max_are() {
        let (cache, at) = (Cache::new(2, Duration::from_secs(30)), Timestamp::from_seconds);
        cache.put("a", 1, at(0));
        cache.put("b", 2, at(20));
        assert_eq!(
            (cache.get(&"a", at(29)), cache.get(&"a", at(30)), cache.get(&"b", at(30))),
            (Some(1), None, Some(2))
        );
        cache.put("c", 3, at(40)); // The old one makes room.
        assert_eq!(
            (cache.get(&"a", at(40)), cache.get(&"b", at(40)), cache.get(&"c", at(40))),
            (None, Some(2), Some(3))
        );
        cache.forget(&"c");
        assert_eq!(cache.get(&"c", at(40)), None);
    }
}

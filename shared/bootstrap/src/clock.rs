//! The clock: the only place that reads the time of day.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::{Duration, SystemTime};

/// Tells the time, in milliseconds since 1970. Everything else takes `now` as an argument.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at this time until it is told to go on. Its clones go with it.
    pub fn standing_at(millis: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(millis))))
    }

    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(standing) => standing.load(Ordering::Relaxed),
            None => system_millis(),
        }
    }

    /// Moves a standing clock on; the system's goes by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(standing) = &self.0 {
            standing.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn system_millis() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_when_told() {
        let clock = Clock::standing_at(5_000);
        clock.clone().advance(Duration::from_millis(20));
        assert_eq!(clock.now(), 5_020);
    }
}

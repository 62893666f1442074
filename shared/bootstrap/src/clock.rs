//! The clock: the only place that reads the time of day.

use std::pin::Pin;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::{Duration, SystemTime};

/// Tells the time, in milliseconds since 1970. Everything else takes `now` as an argument.
#[derive(Clone, Default)]
pub struct Clock(Source);

#[derive(Clone, Default)]
enum Source {
    #[default]
    System,
    Standing(Arc<AtomicI64>),
    Played(Arc<dyn Time>),
}

/// A time that somebody plays: a simulation's.
pub trait Time: Send + Sync {
    /// In milliseconds since 1970.
    fn now(&self) -> i64;
    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at this time until it is told to go on. Its clones go with it.
    pub fn standing_at(millis: i64) -> Self {
        Self(Source::Standing(Arc::new(AtomicI64::new(millis))))
    }

    /// A clock that goes as somebody plays it.
    pub fn played_by(time: Arc<dyn Time>) -> Self {
        Self(Source::Played(time))
    }

    pub fn now(&self) -> i64 {
        match &self.0 {
            Source::System => system_millis(),
            Source::Standing(millis) => millis.load(Ordering::Relaxed),
            Source::Played(time) => time.now(),
        }
    }

    /// Waits this long: a played clock's own time, else the machine's.
    pub async fn sleep(&self, wait: Duration) {
        match &self.0 {
            Source::Played(time) => time.sleep(wait).await,
            Source::System | Source::Standing(_) => tokio::time::sleep(wait).await,
        }
    }

    /// Moves a standing clock on; the others go by themselves.
    pub fn advance(&self, by: Duration) {
        if let Source::Standing(millis) = &self.0 {
            millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
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

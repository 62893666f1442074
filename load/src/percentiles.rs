//! Latencies in a few numbers.

use std::time::Duration;

use serde::Serialize;

/// What a heap of latencies comes to, in milliseconds, by nearest rank. All zero when there were none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    pub count: usize,
    pub p50_ms: u64,
    pub p95_ms: u64,
    pub p99_ms: u64,
    pub max_ms: u64,
}

impl Percentiles {
    pub fn of(latencies: impl IntoIterator<Item = Duration>) -> Self {
        let mut ms: Vec<u64> =
            latencies.into_iter().map(|latency| u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)).collect();
        ms.sort_unstable();
        let rank = |percent| nearest(&ms, percent);
        Self { count: ms.len(), p50_ms: rank(50), p95_ms: rank(95), p99_ms: rank(99), max_ms: rank(100) }
    }
}

/// The least value that so many percent do not exceed.
fn nearest(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_latency_that_was_seen() {
        let hundred = (1..=100).rev().map(Duration::from_millis);
        let seen = Percentiles { count: 100, p50_ms: 50, p95_ms: 95, p99_ms: 99, max_ms: 100 };
        assert_eq!(Percentiles::of(hundred), seen);
    }

    #[test]
    fn one_latency_is_every_percentile_and_none_is_zero() {
        let one = Percentiles { count: 1, p50_ms: 7, p95_ms: 7, p99_ms: 7, max_ms: 7 };
        assert_eq!(Percentiles::of([Duration::from_millis(7)]), one);
        assert_eq!(Percentiles::of([]), Percentiles::default());
    }
}

//! How long a send waits after the channel certainly did not take it.

use std::time::Duration;

/// The first wait is at most this long, and each further one at most twice the one before.
const FIRST: Duration = Duration::from_secs(1);

/// No wait is longer than this, so that an hour's outage is over at most five minutes after it ends.
pub const LONGEST: Duration = Duration::from_secs(300);

/// Exponential backoff with full jitter: after the `waits`-th failed try, between nothing and 1, 2, 4 … 300 s, but never
/// less than the channel asked for. `random` is below one, each value equally likely.
/// [Why full jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
pub fn wait(waits: u32, asked: Option<Duration>, random: f64) -> Duration {
    let ceiling = FIRST.saturating_mul(1 << waits.min(16)).min(LONGEST);
    let jittered = ceiling.mul_f64(random.clamp(0.0, 1.0));
    jittered.max(asked.unwrap_or_default()).max(SHORTEST)
}

/// A wait below this would be over before the wake that ends it arrives.
const SHORTEST: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes_and_honour_what_the_channel_asked() {
        let s = Duration::from_secs;
        for (waits, asked, random, expected) in [
            (0, None, 1.0, s(1)),
            (3, None, 1.0, s(8)),
            (40, None, 1.0, s(300)),
            (3, None, 0.0, Duration::from_millis(250)),
            (0, Some(s(60)), 0.0, s(60)),
            (40, Some(s(60)), 1.0, s(300)),
        ] {
            assert_eq!(wait(waits, asked, random), expected, "after {waits}, asked {asked:?}");
        }
    }
}

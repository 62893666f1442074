//! How often a password may be tried: by e-mail address and by network address, with growing delays, never a lockout.

use std::time::Duration;

use domain::Timestamp;

/// A name whose tries are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Stored as a keyed hash alone.
    pub name: String,
    /// So many tries come without a wait.
    pub free: u32,
}

/// The longest wait between two tries.
const DELAY_MAX: Duration = Duration::from_secs(60);
/// A pause as long as this forgets all tries.
pub const FORGET: Duration = Duration::from_secs(900);

impl Limit {
    /// The limits of a sign-in. Many people share a network address, so it has more room.
    pub fn of(email: &str, network: Option<&str>) -> Vec<Self> {
        let email = Self { name: format!("login:{}", email.trim().to_lowercase()), free: 5 };
        let network = network.map(|address| Self { name: format!("login-from:{address}"), free: 50 });
        [Some(email), network].into_iter().flatten().collect()
    }

    /// How long to wait before the next try, after `count` tries of which the last was at `last`; zero: now.
    pub fn wait(&self, count: u32, last: Timestamp, now: Timestamp) -> Duration {
        let Some(over) = remembered(count, last, now).checked_sub(self.free) else { return Duration::ZERO };
        let delay = Duration::from_secs(1 << over.min(6)).min(DELAY_MAX);
        last.plus(delay).since(now)
    }
}

/// How many of the tries still count.
pub fn remembered(count: u32, last: Timestamp, now: Timestamp) -> u32 {
    if now.since(last) < FORGET { count } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_waits_and_each_later_one_longer_up_to_a_minute() {
        let limit = &Limit::of(" Ada@Acme.test", None)[0];
        assert_eq!(limit.name, "login:ada@acme.test");
        let at = Timestamp::from_seconds;
        for (count, seconds_later, wait) in
            [(0, 0, 0), (4, 0, 0), (5, 0, 1), (5, 1, 0), (6, 0, 2), (8, 3, 5), (11, 0, 60), (900, 0, 60)]
        {
            let seconds = limit.wait(count, at(100), at(100 + seconds_later)).as_secs();
            assert_eq!(seconds, wait, "{count} tries, {seconds_later} s later");
        }
    }
}

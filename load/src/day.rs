//! The shapes of a day: a burst and a steady rate, or a quiet half and a noisy one.

use std::time::Duration;

use crate::plan::{Stage, Stretch, zipf};
use crate::profile::Profile;

/// Between a burst, or a quiet half, and what follows.
const REST: Duration = Duration::from_secs(10);

/// How many times as much the noisy tenant writes.
const NOISE: u32 = 50;

/// The burst, then the steady rate. Tenants are of Zipf's sizes.
pub fn busy(profile: &Profile, tenants: usize) -> [Stretch; 2] {
    let (burst, steady) = (zipf(profile.burst, tenants), zipf(profile.steady(), tenants));
    [
        Stretch { stage: Stage::Burst, starts: Duration::ZERO, lasts: Duration::ZERO, messages: burst },
        Stretch { stage: Stage::Steady, starts: REST, lasts: profile.lasts(), messages: steady },
    ]
}

/// The quiet half and the noisy one. The noisy half as a whole has the profile's rate, so the quiet one has far less.
pub fn noisy(profile: &Profile, tenants: usize) -> [Stretch; 2] {
    let lasts = profile.lasts() / 2;
    let parts = u32::try_from(tenants).unwrap_or(u32::MAX).saturating_add(NOISE - 1);
    let quiet = vec![(profile.steady() / 2 / parts).max(1); tenants];
    let mut noisy = quiet.clone();
    if let Some(first) = noisy.first_mut() {
        *first *= NOISE;
    }
    [
        Stretch { stage: Stage::Quiet, starts: Duration::ZERO, lasts, messages: quiet },
        Stretch { stage: Stage::Noisy, starts: lasts + REST, lasts, messages: noisy },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(stretches: [Stretch; 2]) -> Vec<(Stage, u64, u64, Vec<u32>)> {
        let row =
            |Stretch { stage, starts, lasts, messages }: Stretch| (stage, starts.as_secs(), lasts.as_secs(), messages);
        stretches.into_iter().map(row).collect()
    }

    fn high() -> Profile {
        Profile::named("high").unwrap()
    }

    #[test]
    fn a_busy_day_is_a_burst_and_then_the_profiles_rate() {
        let day = vec![(Stage::Burst, 0, 0, vec![667, 333]), (Stage::Steady, 10, 1_200, vec![18_667, 9_333])];
        assert_eq!(rows(busy(&high(), 2)), day);
    }

    #[test]
    fn one_tenant_becomes_fifty_times_as_loud_and_the_other_stays_as_it_was() {
        let day = vec![(Stage::Quiet, 0, 600, vec![274, 274]), (Stage::Noisy, 610, 600, vec![13_700, 274])];
        assert_eq!(rows(noisy(&high(), 2)), day);
    }
}

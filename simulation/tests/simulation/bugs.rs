//! Bugs that are planted at the seam, to see that a run finds each.

use simulation::bugs::Bug;
use simulation::report::by_invariant;
use simulation::run::{Plan, http, run};

/// Each within so many seeds.
const SEEDS: u64 = 120;

/// Enough for each, and quickly played.
const ACTIONS: usize = 30;

/// The invariants that catch a bug: whichever strikes first.
fn caught_by(bug: Bug) -> &'static [&'static str] {
    match bug {
        Bug::IgnoresFailed => &["I-1", "I-5"],
        Bug::NoDedupe | Bug::DedupeExpires => &["I-2"],
        Bug::NoClaimCondition | Bug::ResendsOnTimeout => &["I-4"],
        Bug::NoHeadCondition => &["I-5", "I-6", "I-9"],
        Bug::AcksBeforeWrite | Bug::SpillsNowhere => &["I-1"],
        Bug::LastStatusWins => &["I-3"],
        Bug::DeletesOn410 | Bug::SkipsRedelivery | Bug::ForgetsGivenUp => &["I-8"],
        Bug::LogWithoutTenant => &["I-7"],
        Bug::NeverSweeps | Bug::ReconnectWakesNobody => &["I-5"],
    }
}

/// The first seed whose run shows it.
fn caught_in(bug: Bug, http: &reqwest::Client) -> Option<u64> {
    (1..=SEEDS).find(|seed| {
        let outcome = run(Plan { seed: *seed, actions: ACTIONS, bug: Some(bug) }, http);
        let by = by_invariant(&outcome.violations);
        caught_by(bug).iter().any(|invariant| by.contains_key(invariant))
    })
}

#[test]
fn each_planted_bug_is_caught() {
    let http = http();
    let uncaught: Vec<Bug> = std::thread::scope(|threads| {
        let (odd, even) = (Bug::ALL.into_iter().step_by(2), Bug::ALL.into_iter().skip(1).step_by(2));
        let hands = [odd.collect::<Vec<_>>(), even.collect()].map(|bugs| {
            let http = &http;
            threads.spawn(move || {
                let missed = |bug: &Bug| {
                    let seed = caught_in(*bug, http);
                    println!("{bug:?}: caught by seed {seed:?}");
                    seed.is_none()
                };
                bugs.into_iter().filter(missed).collect::<Vec<_>>()
            })
        });
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert_eq!(uncaught, [], "in {SEEDS} seeds each");
}

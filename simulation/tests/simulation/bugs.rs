//! Bugs that are planted at the seam, to see that a run finds each.

use simulation::bugs::Bug;
use simulation::run::{Plan, by_invariant, http, run};

/// Each within so many seeds.
const SEEDS: u64 = 40;

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
        Bug::DeletesOn410 | Bug::SkipsRedelivery => &["I-8"],
        Bug::LogWithoutTenant => &["I-7"],
        Bug::NeverSweeps => &["I-5"],
    }
}

#[test]
fn each_planted_bug_is_caught() {
    let http = http();
    for bug in Bug::ALL {
        let caught = (1..=SEEDS).find_map(|seed| {
            let outcome = run(Plan { seed, actions: ACTIONS, bug: Some(bug) }, &http);
            let by = by_invariant(&outcome.violations);
            caught_by(bug).iter().any(|invariant| by.contains_key(invariant)).then_some(seed)
        });
        println!("{bug:?}: caught by seed {caught:?}");
        assert!(caught.is_some(), "{bug:?} was not caught by any of {SEEDS} seeds");
    }
}

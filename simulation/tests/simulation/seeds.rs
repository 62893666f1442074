//! Seeds that must hold. `SEED=17 cargo test …` plays one of them again.

use simulation::report::report;
use simulation::run::{Plan, http, run};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_goes_wrong_nothing_is_lost_doubled_or_out_of_order() {
    let actions = number("ACTIONS").unwrap_or(30) as usize;
    let (from, seeds) = match number("SEED") {
        Some(seed) => (seed, 1),
        None => (1, number("SEEDS").unwrap_or(10)),
    };
    let http = http();
    for seed in from..from + seeds {
        let outcome = run(Plan { seed, actions, bug: None }, &http);
        assert!(outcome.violations.is_empty(), "{}", report(seed, actions, &outcome));
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    let (http, plan) = (http(), |seed| Plan { seed, actions: 30, bug: None });
    for seed in [3, 4] {
        let [first, second] = [run(plan(seed), &http), run(plan(seed), &http)];
        assert_eq!((first.digest, first.calls, first.virtual_time), (second.digest, second.calls, second.virtual_time));
    }
    assert_ne!(run(plan(3), &http).digest, run(plan(4), &http).digest);
}

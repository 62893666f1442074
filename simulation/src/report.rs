//! What runs came to, in words and in figures.

use std::collections::BTreeMap;

use crate::check::Violation;
use crate::run::Outcome;
use crate::seam::{Coverage, Fault, Service};

/// What a failing seed prints: what does not hold, the last steps, and how to see it again.
pub fn report(seed: u64, actions: usize, outcome: &Outcome) -> String {
    let violations: String = outcome.violations.iter().map(|violation| format!("  {violation}\n")).collect();
    format!(
        "seed {seed} of {actions} actions violates\n{violations}its last steps\n{}again: SEED={seed} ACTIONS={actions} \
         cargo test -p house -p simulation --test simulation seeds\n",
        outcome.last
    )
}

/// The coverage of several runs together.
pub fn together(all: &mut Coverage, one: Coverage) {
    for (key, count) in one {
        *all.entry(key).or_default() += count;
    }
}

/// A name for what a run found, to be counted by.
pub fn by_invariant(violations: &[Violation]) -> BTreeMap<&'static str, usize> {
    violations.iter().fold(BTreeMap::new(), |mut all, violation| {
        *all.entry(violation.invariant).or_default() += 1;
        all
    })
}

/// Calls that were made often, and faults that might have befallen them and never did.
pub fn never_struck(coverage: &Coverage) -> Vec<(String, Service, String, Fault)> {
    let mut calls: BTreeMap<(String, Service, String), u64> = BTreeMap::new();
    for ((caller, service, action, _), count) in coverage {
        *calls.entry((caller.clone(), *service, action.clone())).or_default() += count;
    }
    let often = calls.into_iter().filter(|((_, _, action), count)| *count >= OFTEN && action != "invocation");
    let pairs = often.flat_map(|((caller, service, action), _)| {
        let faults = Fault::ALL.into_iter().filter(|fault| *fault != Fault::Crash);
        let possible = faults.filter(|fault| fault.befalls(service, &action)).collect::<Vec<_>>();
        possible.into_iter().map(move |fault| (caller.clone(), service, action.clone(), fault))
    });
    pairs.filter(|(c, s, a, f)| !coverage.contains_key(&(c.clone(), *s, a.clone(), Some(*f)))).collect()
}

/// A call that was made so often must have met every fault: one in a hundred strikes.
const OFTEN: u64 = 2_000;

//! Plays many seeds on every core and says what they found: `simulate --seeds 2000 --actions 60`. One seed again: `--from 17 --seeds 1`.
//! With `--bugs` it plants each bug in turn instead, and says which invariant caught it, and after how many seeds.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use simulation::bugs::Bug;
use simulation::report::{by_invariant, never_struck, report, together};
use simulation::run::{self, Outcome, Plan, http, run};
use simulation::seam::{Coverage, Fault};

struct Options {
    from: u64,
    seeds: u64,
    actions: usize,
    threads: usize,
    bugs: bool,
}

#[derive(Default)]
struct Sum {
    steps: u64,
    calls: u64,
    invocations: u64,
    virtual_seconds: u64,
    failed: Vec<u64>,
    coverage: Coverage,
}

const USAGE: &str = "simulate [--from 1] [--seeds 2000] [--actions 60] [--threads CORES] [--bugs]";

fn main() -> ExitCode {
    match options(std::env::args().skip(1)) {
        Some(options) if options.bugs => bugs(&options),
        Some(options) => seeds(&options),
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// `None` where an argument is not known, or is no number.
fn options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options { from: 1, seeds: 2_000, actions: 60, threads, bugs: false };
    while let Some(name) = arguments.next() {
        let mut number = || arguments.next()?.parse::<u64>().ok();
        match name.as_str() {
            "--from" => options.from = number()?,
            "--seeds" => options.seeds = number()?,
            "--actions" => options.actions = number()? as usize,
            "--threads" => options.threads = number()?.max(1) as usize,
            "--bugs" => options.bugs = true,
            _ => return None,
        }
    }
    Some(options)
}

fn seeds(options: &Options) -> ExitCode {
    let (next, sum, http) = (AtomicU64::new(options.from), Mutex::new(Sum::default()), http());
    let end = options.from + options.seeds;
    let took = run::timed(|| {
        thread::scope(|scope| {
            for _ in 0..options.threads {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= end {
                            return;
                        }
                        let outcome = run(Plan { seed, actions: options.actions, bug: None }, &http);
                        if let Ok(mut sum) = sum.lock() {
                            sum.add(seed, options, outcome);
                        }
                    }
                });
            }
        });
    });
    let sum = sum.into_inner().unwrap_or_default();
    let rate = options.seeds as f64 / took.as_secs_f64();
    eprintln!(
        "{} seeds of {} actions in {:.1} s on {} threads: {rate:.1} seeds/s, {:.0} steps/s; {} steps, {} calls, {} invocations, \
         {} h of their own time",
        options.seeds,
        options.actions,
        took.as_secs_f64(),
        options.threads,
        sum.steps as f64 / took.as_secs_f64(),
        sum.steps,
        sum.calls,
        sum.invocations,
        sum.virtual_seconds / 3_600,
    );
    sum.print_coverage();
    match sum.failed.is_empty() {
        true => {
            eprintln!("no violation");
            ExitCode::SUCCESS
        }
        false => {
            eprintln!("violations in seeds {:?}", sum.failed);
            ExitCode::FAILURE
        }
    }
}

impl Sum {
    fn add(&mut self, seed: u64, options: &Options, outcome: Outcome) {
        self.steps += outcome.steps;
        self.calls += outcome.calls;
        self.invocations += outcome.invocations;
        self.virtual_seconds += outcome.virtual_time.as_secs();
        together(&mut self.coverage, outcome.coverage.clone());
        if !outcome.violations.is_empty() {
            self.failed.push(seed);
            eprintln!("{}", report(seed, options.actions, &outcome));
        }
    }

    /// How often each fault struck, and what was never struck.
    fn print_coverage(&self) {
        for fault in Fault::ALL {
            let of = |(_, service, action, met): &&(String, _, String, Option<Fault>)| {
                *met == Some(fault) && (fault == Fault::Crash || fault.befalls(*service, action))
            };
            let count: u64 = self.coverage.iter().filter(|(key, _)| of(key)).map(|(_, n)| n).sum();
            eprintln!("{count:>9} {fault:?}");
        }
        let never = never_struck(&self.coverage);
        eprintln!("{} pairs of a call and a fault that may befall it never met: {never:?}", never.len());
    }
}

fn bugs(options: &Options) -> ExitCode {
    let http = http();
    let mut missed = 0;
    for bug in Bug::ALL {
        let caught = (options.from..options.from + options.seeds).find_map(|seed| {
            let outcome = run(Plan { seed, actions: options.actions, bug: Some(bug) }, &http);
            (!outcome.violations.is_empty()).then(|| (seed, by_invariant(&outcome.violations)))
        });
        match caught {
            Some((seed, by)) => eprintln!("{bug:?}: caught by seed {seed}: {by:?}"),
            None => {
                missed += 1;
                eprintln!("{bug:?}: not caught");
            }
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

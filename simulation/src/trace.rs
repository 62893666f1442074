//! What happened, in its order: the last of it to be shown, all of it as one number.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::seam::Call;

/// Steps that a violation shows.
const SHOWN: usize = 80;

#[derive(Default)]
pub struct Trace {
    newest: VecDeque<(u64, String)>,
    digest: DefaultHasher,
    pub calls: u64,
    pub invocations: u64,
    /// Lines altogether: calls, beginnings and ends of invocations, and what somebody does or meets.
    pub steps: u64,
}

impl Trace {
    pub fn call(&mut self, at: u64, call: &Call, status: u16) {
        if call.caller == "auditor" {
            return;
        }
        self.calls += 1;
        self.note(at, format!("  {} → {:?} {}: {status}", call.caller, call.service, call.action));
    }

    /// `at` is in microseconds since 1970.
    pub fn note(&mut self, at: u64, what: String) {
        self.steps += 1;
        (at, &what).hash(&mut self.digest);
        if self.newest.len() == SHOWN {
            self.newest.pop_front();
        }
        self.newest.push_back((at, what));
    }

    /// The same for the same run.
    pub fn digest(&self) -> u64 {
        self.digest.finish()
    }

    /// The last steps, a line each, with the seconds since the run began.
    pub fn last(&self) -> String {
        let line = |(at, what): &(u64, String)| {
            format!("{:10.3} {what}\n", (*at as f64 / 1_000.0 - crate::world::START as f64) / 1_000.0)
        };
        self.newest.iter().map(line).collect()
    }
}

//! What may go wrong with a call, how often in this run, and how often it did.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::chance::Chance;
use crate::seam::{Call, Service, call::AUDITOR};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// No connection: it never left.
    Unreachable,
    /// 500 of the service; nothing happened.
    Error,
    /// It asks to slow down; nothing happened.
    Throttle,
    /// It never arrived, and nobody says so.
    Timeout,
    /// It happened, and the answer was lost.
    ResponseLost,
    /// It happened twice.
    Duplicate,
    /// It took its time: others overtook it.
    Reorder,
    /// A part of a batch was not taken.
    Partial,
    /// Another transaction was at the same items.
    Conflict,
    /// The caller died while it waited.
    Crash,
}

impl Fault {
    pub const ALL: [Self; 10] = [
        Self::Unreachable,
        Self::Error,
        Self::Throttle,
        Self::Timeout,
        Self::ResponseLost,
        Self::Duplicate,
        Self::Reorder,
        Self::Partial,
        Self::Conflict,
        Self::Crash,
    ];

    /// Whether it can befall this call at all.
    pub fn befalls(self, service: Service, action: &str) -> bool {
        match self {
            Self::Unreachable | Self::Error | Self::Throttle | Self::Timeout | Self::ResponseLost | Self::Reorder => {
                true
            }
            // A machine in between that repeats what it carries: only where the service itself promises no less.
            Self::Duplicate => action == "SendMessageBatch",
            Self::Partial => action == "SendMessageBatch",
            Self::Conflict => matches!(action, "TransactWriteItems" | "PutItem" | "UpdateItem" | "DeleteItem"),
            Self::Crash => service != Service::Graph,
        }
    }
}

/// How often each call met each fault: caller, service, action, fault.
pub type Coverage = BTreeMap<(String, Service, String, Option<Fault>), u64>;

/// The faults of one run.
#[derive(Clone)]
pub struct Faults(Arc<Mutex<Inner>>);

struct Inner {
    chance: Chance,
    /// Of a million calls.
    rates: BTreeMap<Fault, u32>,
    coverage: Coverage,
}

impl Faults {
    /// Each run has its own weather: every kind of fault is absent, rare or frequent in it.
    pub fn of(chance: Chance) -> Self {
        let rate = |fault| {
            let (rare, often) = if fault == Fault::Crash { (2_000, 8_000) } else { (5_000, 30_000) };
            (fault, *chance.pick(&[0, rare, often]))
        };
        let rates = Fault::ALL.into_iter().map(rate).collect();
        Self(Arc::new(Mutex::new(Inner { chance, rates, coverage: Coverage::new() })))
    }

    /// From here on nothing goes wrong.
    pub fn heal(&self) {
        self.lock().rates.clear();
    }

    pub fn rate(&self, fault: Fault) -> u32 {
        self.lock().rates.get(&fault).copied().unwrap_or(0)
    }

    pub fn coverage(&self) -> Coverage {
        self.lock().coverage.clone()
    }

    /// What befalls this call.
    pub fn draw(&self, call: &Call) -> Option<Fault> {
        if call.caller == AUDITOR {
            return None;
        }
        let mut inner = self.lock();
        let mut possible =
            Fault::ALL.into_iter().filter(|f| *f != Fault::Crash && f.befalls(call.service, &call.action));
        let fault = possible.find(|f| inner.chance.happens(inner.rates.get(f).copied().unwrap_or(0)));
        *inner.coverage.entry((call.caller.clone(), call.service, call.action.clone(), fault)).or_default() += 1;
        fault
    }

    /// Counts a caller's death.
    pub fn died(&self, caller: &str, service: Service, action: &str) {
        let key = (caller.to_owned(), service, action.to_owned(), Some(Fault::Crash));
        *self.lock().coverage.entry(key).or_default() += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

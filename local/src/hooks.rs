//! What tests and tools do to a running system: hold it back, hurry it, wait for it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::schedule;
use crate::system::System;
use crate::template::Schedule;

impl System {
    /// The whole environment of a function, by its logical id: for code that does a function's work in process.
    pub fn environment(&self, logical: &str) -> BTreeMap<String, String> {
        self.environments.get(logical).cloned().unwrap_or_default()
    }

    /// Every function's variables, with credentials that may do everything: for setting things up.
    pub fn setup_environment(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> =
            self.environments.values().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
        let credentials = self.credentials.clone();
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", credentials.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key),
            ("AWS_SESSION_TOKEN", credentials.session_token),
        ] {
            all.insert(name.to_owned(), value);
        }
        all
    }

    /// Holds back whatever feeds a function from queues and streams.
    pub fn pause(&self, logical: &str) {
        self.gates.of(logical).close();
    }

    /// Lets it go on.
    pub fn resume(&self, logical: &str) {
        self.gates.of(logical).open();
    }

    /// Throttles the next `calls` of functions to the tables, as a hot partition would.
    pub fn throttle_tables(&self, calls: u32) {
        self.throttled.store(calls, Ordering::Relaxed);
    }

    /// Fires a function's schedules once, now.
    pub fn tick(&self, logical: &str) {
        let of = |stated: &&Schedule| stated.function == logical;
        self.template
            .schedules
            .iter()
            .filter(of)
            .for_each(|stated| schedule::fire(stated, &self.lambda, self.time_scale));
    }

    /// What is under way: messages that can be had or are held, records open, invocations. Nothing, when it is quiet.
    pub fn under_way(&self) -> Vec<String> {
        let messages = self.sqs.figures().into_iter().filter_map(|(queue, it)| {
            let held = it.visible + it.in_flight + it.delayed;
            (held > 0).then(|| format!("{held} messages in {queue}"))
        });
        let records = self.streams.iter().filter_map(|(reader, progress)| {
            let (open, _) = progress.open();
            (open > 0).then(|| format!("{open} records before {reader}"))
        });
        let invocations = self.lambda.figures().into_iter().filter_map(|(function, it)| {
            (it.in_flight > 0).then(|| format!("{} invocations of {function}", it.in_flight))
        });
        messages.chain(records).chain(invocations).collect()
    }

    /// Waits until the system has been quiet for a moment; false when `patience` was over first.
    pub async fn quiet(&self, patience: Duration) -> bool {
        let mut calm = 0;
        let watch = async {
            while calm < 5 {
                tokio::time::sleep(Duration::from_millis(10)).await;
                calm = if self.under_way().is_empty() { calm + 1 } else { 0 };
            }
        };
        tokio::time::timeout(patience, watch).await.is_ok()
    }
}

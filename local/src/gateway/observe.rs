//! `/healthz`, `/ready` and `/metrics`: how the host is doing, for people and for Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::connections::Connections;
use crate::aws::sqs::Sqs;
use crate::clock;
use crate::lambda::Lambda;
use crate::mapping::stream::Progress;

/// What is watched.
#[derive(Clone)]
pub struct Watched {
    /// The functions.
    pub lambda: Lambda,
    /// The queues.
    pub sqs: Sqs,
    /// The names of the queues where letters go to die.
    pub dead_letter_queues: Arc<BTreeSet<String>>,
    /// The sockets.
    pub connections: Connections,
    /// The stream readers, by the function they feed.
    pub streams: BTreeMap<String, Progress>,
    /// Set once everything is up, cleared when the host begins to end.
    pub ready: Arc<AtomicBool>,
}

impl Watched {
    /// Whether the host takes work.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    /// [Text format](https://prometheus.io/docs/instrumenting/exposition_formats/).
    pub fn metrics(&self, now_ms: u64) -> String {
        let mut page = Page::default();
        let (mut visible, mut in_flight, mut delayed, mut oldest, mut dead) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (name, figures) in self.sqs.figures() {
            visible.push((name.clone(), figures.visible as f64));
            in_flight.push((name.clone(), figures.in_flight as f64));
            delayed.push((name.clone(), figures.delayed as f64));
            oldest.push((name.clone(), figures.oldest_ms as f64 / 1_000.0));
            if self.dead_letter_queues.contains(&name) {
                dead.push((name, (figures.visible + figures.in_flight + figures.delayed) as f64));
            }
        }
        page.add("switchboard_queue_depth", "gauge", "Messages that can be received.", "queue", &visible);
        page.add("switchboard_queue_in_flight", "gauge", "Messages received and not yet deleted.", "queue", &in_flight);
        page.add("switchboard_queue_delayed", "gauge", "Messages not yet due.", "queue", &delayed);
        page.add("switchboard_queue_oldest_seconds", "gauge", "Age of the oldest message.", "queue", &oldest);
        page.add("switchboard_dead_letters", "gauge", "Messages in dead-letter queues.", "queue", &dead);
        self.functions(&mut page);
        let open: Vec<_> = self.streams.iter().map(|(name, progress)| (name.clone(), progress.open())).collect();
        let records: Vec<_> = open.iter().map(|(name, (count, _))| (name.clone(), *count as f64)).collect();
        let age = |since: &Option<u64>| since.map_or(0.0, |since| now_ms.saturating_sub(since) as f64 / 1_000.0);
        let lag: Vec<_> = open.iter().map(|(name, (_, since))| (name.clone(), age(since))).collect();
        page.add("switchboard_stream_records", "gauge", "Stream records not settled.", "function", &records);
        page.add("switchboard_stream_lag_seconds", "gauge", "Age of the oldest of them.", "function", &lag);
        page.add(
            "switchboard_sockets",
            "gauge",
            "Open sockets.",
            "api",
            &[("live".to_owned(), self.connections.count() as f64)],
        );
        page.0 + &self.lambda.emf().page()
    }

    fn functions(&self, page: &mut Page) {
        let figures = self.lambda.figures();
        let of = |value: fn(&crate::lambda::Figures) -> f64| -> Vec<_> {
            figures.iter().map(|(name, figures)| (name.clone(), value(figures))).collect()
        };
        let mut add = |name, kind, help, value| page.add(name, kind, help, "function", &of(value));
        add("switchboard_invocations_total", "counter", "Invocations that ended.", |it| it.invocations as f64);
        add("switchboard_invocation_errors_total", "counter", "Those without an answer.", |it| it.errors as f64);
        add("switchboard_invocation_seconds_total", "counter", "The time they took.", |it| it.duration_us as f64 / 1e6);
        add("switchboard_invocations_in_flight", "gauge", "Invocations under way.", |it| it.in_flight as f64);
        add("switchboard_cold_starts_total", "counter", "Workers started.", |it| it.cold_starts as f64);
    }

    /// The page, now.
    pub(super) fn page(&self) -> String {
        self.metrics(clock::now_ms())
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn add(&mut self, name: &str, kind: &str, help: &str, label: &str, values: &[(String, f64)]) {
        // Writing to a String cannot fail.
        let _infallible = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (of, value) in values {
            let _infallible = writeln!(self.0, "{name}{{{label}=\"{of}\"}} {value}");
        }
    }
}

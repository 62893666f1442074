//! How soon: each webhook's answer, and each message on a screen.

use std::collections::{BTreeMap, BTreeSet};

use crate::payload::message_id;
use crate::percentiles::Percentiles;
use crate::plan::{Event, Kind, Stage};
use crate::report::StageReport;
use crate::traffic::Brought;
use crate::watch::{WATCHED, Watch};

/// What was brought and when it was shown.
pub struct Latencies<'a> {
    pub run: &'a str,
    pub brought: &'a [Brought],
    pub watch: &'a Watch,
}

impl Latencies<'_> {
    /// Of the stages of the plan.
    pub fn stages(&self) -> BTreeMap<Stage, StageReport> {
        let stages: BTreeSet<Stage> = self.brought.iter().map(|one| one.event.stage).collect();
        let report = |stage| {
            let of = self.brought.iter().filter(|one| one.event.stage == stage);
            let answered = Percentiles::of(of.map(|one| one.delivery.answered_in));
            let (shown, not_shown) = self.shown(|event| event.stage == stage);
            (stage, StageReport { answered, shown, not_shown })
        };
        stages.into_iter().map(report).collect()
    }

    /// How soon the messages of open threads were shown, and how many never were.
    pub fn shown(&self, wanted: impl Fn(&Event) -> bool) -> (Percentiles, usize) {
        let watched = self.brought.iter().filter(|one| {
            let event = &one.event;
            event.kind == Kind::Message && !event.repetition && event.customer < WATCHED && wanted(event)
        });
        let (mut shown, mut never) = (Vec::new(), 0);
        for one in watched {
            match self.watch.shown(&message_id(self.run, one.event.n)) {
                Some(at) => shown.push(at.saturating_duration_since(one.due)),
                None => never += 1,
            }
        }
        (Percentiles::of(shown), never)
    }
}

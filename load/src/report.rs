//! What came of a run: a table to read, JSON to keep.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::percentiles::Percentiles;
use crate::plan::Stage;
use crate::profile::Profile;
use crate::replies::RepliesReport;
use crate::socket::IdleReport;
use crate::tally::Tally;

/// How much slower one tenant's noise may make the others, at their 95th percentile.
const NOISE_MAX: f64 = 1.25;

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub profile: Profile,
    /// Told in each message's id.
    pub run: String,
    pub seed: u64,
    pub tenants: usize,
    pub idle: IdleReport,
    /// Customers' messages.
    pub customers: Tally,
    /// Agents' replies.
    pub replies: Tally,
    pub replied: RepliesReport,
    pub stages: BTreeMap<Stage, StageReport>,
    /// Customers' messages from the first webhook of the plan to the last answer.
    pub messages_per_second: f64,
    pub noise: Option<Noise>,
}

/// Latencies of a part of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StageReport {
    /// Webhook due → answered; statuses and repetitions too.
    pub answered: Percentiles,
    /// Webhook due → the message's frame on an open thread.
    pub shown: Percentiles,
    /// Messages of open threads whose frame never came.
    pub not_shown: usize,
}

/// What one tenant's noise does to the others: their webhook → frame, before and meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Noise {
    pub quiet: Percentiles,
    pub noisy: Percentiles,
    /// Of the 95th percentiles.
    pub ratio: f64,
}

impl Noise {
    pub fn of(quiet: Percentiles, noisy: Percentiles) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
        let ratio = noisy.p95_ms as f64 / quiet.p95_ms.max(1) as f64;
        Self { quiet, noisy, ratio }
    }

    /// Whether the others were heard, and hardly slower.
    pub fn is_borne(&self) -> bool {
        self.quiet.count > 0 && self.noisy.count > 0 && self.ratio <= NOISE_MAX
    }
}

impl Report {
    /// Whether the run kept every promise that is counted here.
    pub fn is_clean(&self) -> bool {
        self.customers.is_clean() && self.replies.is_clean() && self.noise.is_none_or(|noise| noise.is_borne())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Profile { name, idle, burst, per_minute, minutes } = &self.profile;
        writeln!(f, "profile {name}: {idle} idle, burst {burst}, {per_minute}/min for {minutes} min")?;
        writeln!(f, "run {}, seed {}, {} tenants\n", self.run, self.seed, self.tenants)?;
        writeln!(f, "             sent      ok    lost  duplicated  unexpected  recovered  refused")?;
        for (name, tally) in [("customers", &self.customers), ("replies", &self.replies)] {
            let Tally { sent, ok, lost, duplicated, unexpected, recovered, refused } = tally;
            writeln!(
                f,
                "{name:<9} {sent:>7} {ok:>7} {lost:>7} {duplicated:>11} {unexpected:>11} {recovered:>10} {refused:>8}"
            )?;
        }
        self.latencies(f)?;
        let IdleReport { opened, failed, ended, frames, opening_ms } = &self.idle;
        writeln!(
            f,
            "\nidle sockets: {opened} opened in {opening_ms} ms, {failed} failed, {ended} ended; {frames} frames"
        )?;
        let statuses: Vec<_> =
            self.replied.by_status.iter().map(|(status, count)| format!("{count} {status}")).collect();
        writeln!(f, "replies: {}", if statuses.is_empty() { "none".to_owned() } else { statuses.join(", ") })?;
        write!(f, "{:.1} messages/s from customers", self.messages_per_second)?;
        if let Some(Noise { quiet, noisy, ratio }) = &self.noise {
            let (quiet, noisy) = (quiet.p95_ms, noisy.p95_ms);
            write!(f, "\nthe others' p95: quiet {quiet} ms, noisy {noisy} ms, ratio {ratio:.2} (at most {NOISE_MAX})")?;
        }
        Ok(())
    }
}

impl Report {
    fn latencies(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nlatency in ms            count     p50     p95     p99     max")?;
        for (stage, StageReport { answered, shown, not_shown }) in &self.stages {
            let stage = format!("{stage:?}").to_lowercase();
            row(f, &format!("{stage}, answered"), answered)?;
            row(f, &format!("{stage}, shown"), shown)?;
            if *not_shown > 0 {
                writeln!(f, "{stage}, not shown {not_shown:>13}")?;
            }
        }
        row(f, "reply, answered", &self.replied.answered)
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, latencies: &Percentiles) -> fmt::Result {
    let Percentiles { count, p50_ms, p95_ms, p99_ms, max_ms } = latencies;
    writeln!(f, "{name:<22} {count:>7} {p50_ms:>7} {p95_ms:>7} {p99_ms:>7} {max_ms:>7}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p95(count: usize, p95_ms: u64) -> Percentiles {
        Percentiles { count, p95_ms, ..Percentiles::default() }
    }

    #[test]
    fn noise_is_borne_up_to_a_quarter_and_only_if_somebody_was_there_to_hear_it() {
        for (quiet, noisy, borne) in [
            (p95(9, 100), p95(9, 125), true),
            (p95(9, 100), p95(9, 126), false),
            (p95(0, 0), p95(9, 1), false),
            (p95(9, 100), p95(0, 0), false),
        ] {
            assert_eq!(Noise::of(quiet, noisy).is_borne(), borne, "{quiet:?} {noisy:?}");
        }
    }
}

//! One batch of a stream, to its end: repeats, halves, checkpoints, age, and what is given up.

use std::collections::BTreeSet;
use std::time::Duration;

use super::failed_items;
use super::stream_event::{Change, event};
use super::stream_settle::{GaveUp, Settler};
use crate::clock;
use crate::lambda::Lambda;
use crate::template::StreamMapping;

/// The first wait before a batch is repeated; each further one is twice as long, up to [`BACKOFF_MAX`].
const BACKOFF: Duration = Duration::from_millis(200);
/// The longest wait before a batch is repeated.
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// What came of one invocation.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// Everything before this index is done.
    StoppedAt(usize),
    Failed,
}

/// Part of a batch still to do, and how often it has failed as it is.
struct Part {
    changes: Vec<Change>,
    failures: u32,
}

/// Hands a batch over until each record is done or given up, in order.
pub(super) async fn hand_over(batch: Vec<Change>, lambda: &Lambda, time_scale: u32, settler: &Settler<'_>) {
    let mapping = settler.mapping;
    let mut parts = vec![Part { changes: batch, failures: 0 }];
    while let Some(Part { mut changes, failures }) = parts.pop() {
        let expired = expired(&mut changes, mapping.age_seconds, clock::now_ms());
        if !expired.is_empty() {
            settler.give_up(GaveUp { changes: expired, condition: "RecordAgeExceeded", invocations: failures }).await;
        }
        if changes.is_empty() {
            continue;
        }
        if failures > 0 {
            tokio::time::sleep(wait(failures) / time_scale.max(1)).await;
        }
        let part = match invoke(&changes, mapping, lambda).await {
            Outcome::Done => {
                settler.done(&changes);
                continue;
            }
            Outcome::StoppedAt(0) => Part { changes, failures: failures + 1 },
            Outcome::StoppedAt(index) => {
                let rest = changes.split_off(index);
                settler.done(&changes);
                Part { changes: rest, failures: 1 } // Progress begins the count anew: another record is the first now.
            }
            // Halving is no repeat, so a single bad record is found first.
            Outcome::Failed if mapping.bisects && changes.len() > 1 => {
                let second = changes.split_off(changes.len() / 2);
                parts.push(Part { changes: second, failures: 0 });
                parts.push(Part { changes, failures: 0 });
                continue;
            }
            Outcome::Failed => Part { changes, failures: failures + 1 },
        };
        if mapping.retries.is_some_and(|retries| part.failures > retries) {
            let Part { changes, failures } = part;
            settler.give_up(GaveUp { changes, condition: "RetryAttemptsExhausted", invocations: failures }).await;
        } else {
            parts.push(part);
        }
    }
}

fn wait(failures: u32) -> Duration {
    BACKOFF.saturating_mul(2_u32.saturating_pow(failures - 1)).min(BACKOFF_MAX)
}

/// Takes out what is older than the mapping allows.
fn expired(changes: &mut Vec<Change>, age_seconds: Option<u64>, now_ms: u64) -> Vec<Change> {
    let Some(age) = age_seconds else { return Vec::new() };
    changes.extract_if(.., |change| now_ms.saturating_sub(change.created_ms) > age * 1_000).collect()
}

async fn invoke(changes: &[Change], mapping: &StreamMapping, lambda: &Lambda) -> Outcome {
    match lambda.invoke(&mapping.function, event(changes).to_string().into()).await {
        Ok(_) if !mapping.reports_failures => Outcome::Done,
        Ok(answer) => read(&answer, changes),
        Err(_) => Outcome::Failed, // The host has logged why.
    }
}

/// The lowest sequence number named is where the function stopped: everything from there comes again.
fn read(answer: &[u8], changes: &[Change]) -> Outcome {
    let known: BTreeSet<&str> = changes.iter().map(|change| change.sequence.as_str()).collect();
    match failed_items(answer, &known) {
        None => Outcome::Failed,
        Some(failed) => match changes.iter().position(|change| failed.contains(&change.sequence)) {
            None => Outcome::Done,
            Some(index) => Outcome::StoppedAt(index),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn change(sequence: &str, created_ms: u64) -> Change {
        Change { json: Value::Null, place: 0, sequence: sequence.to_owned(), created_ms }
    }

    #[test]
    fn an_answer_says_where_the_function_stopped() {
        let batch = [change("11", 0), change("12", 0), change("13", 0)];
        for (answer, outcome) in [
            ("", Outcome::Done),
            (r#"{"batchItemFailures": []}"#, Outcome::Done),
            (r#"{"batchItemFailures": [{"itemIdentifier": "13"}, {"itemIdentifier": "12"}]}"#, Outcome::StoppedAt(1)),
            (r#"{"batchItemFailures": [{"itemIdentifier": "11"}]}"#, Outcome::StoppedAt(0)),
            (r#"{"batchItemFailures": [{"itemIdentifier": "99"}]}"#, Outcome::Failed),
        ] {
            assert_eq!(read(answer.as_bytes(), &batch), outcome, "{answer}");
        }
    }

    #[test]
    fn a_record_expires_by_its_age() {
        let mut batch = vec![change("11", 1_000), change("12", 9_000)];
        let gone: Vec<_> = expired(&mut batch, Some(5), 10_000).into_iter().map(|change| change.sequence).collect();
        let left: Vec<_> = batch.into_iter().map(|change| change.sequence).collect();
        assert_eq!((gone, left), (vec!["11".to_owned()], vec!["12".to_owned()]));
    }

    #[test]
    fn waits_double_up_to_ten_seconds() {
        let waits: Vec<_> = [1, 2, 3, 7, 60].into_iter().map(|failures| wait(failures).as_millis()).collect();
        assert_eq!(waits, [200, 400, 800, 10_000, 10_000]);
    }
}

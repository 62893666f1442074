//! Event-source mappings: what Lambda polls on a function's behalf.

pub mod filter;
pub mod sqs;
mod sqs_event;
pub mod stream;
mod stream_batch;
mod stream_event;
mod stream_place;
mod stream_settle;
pub mod stream_trim;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use tokio::sync::watch;

/// A switch that tests use to hold a mapping back and let it go on.
#[derive(Clone)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(true)))
    }
}

impl Gate {
    /// Holds the mapping back; a batch under way ends as it would.
    pub fn close(&self) {
        self.0.send_replace(false);
    }

    /// Lets the mapping go on.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn closed(&self) {
        let mut open = self.0.subscribe();
        let _host_ended = open.wait_for(|open| !*open).await;
    }

    pub(crate) async fn passed(&self) {
        let mut open = self.0.subscribe();
        let _host_ended = open.wait_for(|open| *open).await;
    }
}

/// Gates by the function that a mapping feeds.
#[derive(Clone, Default)]
pub struct Gates(Arc<Mutex<BTreeMap<String, Gate>>>);

impl Gates {
    /// The gate of all mappings that feed this function.
    pub fn of(&self, function: &str) -> Gate {
        crate::listen::lock(&self.0).entry(function.to_owned()).or_default().clone()
    }
}

/// A function's answer to a batch:
/// [partial batch responses](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchAnswer {
    #[serde(default)]
    batch_item_failures: Option<Vec<ItemFailure>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

/// The identifiers that failed. An empty or null answer is a success; one that cannot be read, or that names an
/// unknown or empty identifier, fails the whole batch, as in Lambda.
fn failed_items(answer: &[u8], known: &BTreeSet<&str>) -> Option<BTreeSet<String>> {
    if answer.is_empty() || answer == b"null" || answer == b"\"\"" {
        return Some(BTreeSet::new());
    }
    let answer: BatchAnswer = serde_json::from_slice(answer).ok()?;
    let failed = answer.batch_item_failures.unwrap_or_default().into_iter().map(|item| item.item_identifier);
    let failed: BTreeSet<String> = failed.collect();
    failed.iter().all(|id| known.contains(id.as_str())).then_some(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_answer_names_what_failed() {
        let known = BTreeSet::from(["a", "b"]);
        let named = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>());
        for (answer, failed) in [
            ("", named(&[])),
            ("null", named(&[])),
            (r#"{"batchItemFailures": []}"#, named(&[])),
            (r#"{"batchItemFailures": null}"#, named(&[])),
            (r#"{"batchItemFailures": [{"itemIdentifier": "b"}]}"#, named(&["b"])),
            (r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#, None),
            (r#"{"batchItemFailures": [{"itemIdentifier": "c"}]}"#, None), // Nobody sent that one.
            ("not JSON", None),
        ] {
            assert_eq!(failed_items(answer.as_bytes(), &known), failed, "{answer}");
        }
    }
}

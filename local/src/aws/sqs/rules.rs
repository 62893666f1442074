//! A queue's attributes, as the wire has them, and what they mean.

use std::collections::BTreeMap;

/// How long a queue keeps a message, unless its attribute says otherwise: four days, in seconds.
const RETENTION: u64 = 345_600;

/// What decides how a queue behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub fifo: bool,
    /// Deduplicate within a message group, not across the queue.
    pub by_group: bool,
    pub content_based: bool,
    /// Seconds.
    pub visibility: u64,
    pub delay: u64,
    pub retention: u64,
    pub wait: u64,
    /// The ARN of the dead-letter queue and how many receives a message may have.
    pub redrive: Option<(String, u32)>,
}

/// An attribute that is not one, or has a value out of its range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAttribute(pub String);

pub(super) type Attributes = BTreeMap<String, String>;

/// Reads the attributes that were set for a queue of this name.
pub(super) fn rules(name: &str, set: &Attributes) -> Result<Rules, BadAttribute> {
    let fifo = name.ends_with(".fifo");
    if flag(set, "FifoQueue")? != fifo && (fifo || set.contains_key("FifoQueue")) {
        return Err(BadAttribute("FifoQueue".to_owned()));
    }
    Ok(Rules {
        fifo,
        by_group: set.get("DeduplicationScope").is_some_and(|s| s == "messageGroup"),
        content_based: flag(set, "ContentBasedDeduplication")?,
        visibility: number(set, "VisibilityTimeout", 30, 43_200)?,
        delay: number(set, "DelaySeconds", 0, 900)?,
        retention: number(set, "MessageRetentionPeriod", RETENTION, 1_209_600)?,
        wait: number(set, "ReceiveMessageWaitTimeSeconds", 0, 20)?,
        redrive: set.get("RedrivePolicy").filter(|p| !p.is_empty()).map(|p| redrive(p)).transpose()?,
    })
}

fn flag(set: &Attributes, name: &str) -> Result<bool, BadAttribute> {
    match set.get(name).map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(BadAttribute(name.to_owned())),
    }
}

fn number(set: &Attributes, name: &str, otherwise: u64, most: u64) -> Result<u64, BadAttribute> {
    let Some(text) = set.get(name) else { return Ok(otherwise) };
    text.parse().ok().filter(|n| *n <= most).ok_or_else(|| BadAttribute(name.to_owned()))
}

/// `maxReceiveCount` comes as a number or as text.
fn redrive(policy: &str) -> Result<(String, u32), BadAttribute> {
    let bad = || BadAttribute("RedrivePolicy".to_owned());
    let policy: serde_json::Value = serde_json::from_str(policy).map_err(|_| bad())?;
    let target = policy["deadLetterTargetArn"].as_str().ok_or_else(bad)?;
    let count = &policy["maxReceiveCount"];
    let max = count.as_u64().or_else(|| count.as_str()?.parse().ok()).filter(|n| (1..=1_000).contains(n));
    Ok((target.to_owned(), max.and_then(|n| u32::try_from(n).ok()).ok_or_else(bad)?))
}

//! Queues themselves: made, found, described, changed.

use serde_json::{Value, json};

use super::{Answer, SIZE_MAX, queue, tags, text};
use crate::aws::sqs::queue::Queue;
use crate::aws::sqs::rules::Attributes;
use crate::aws::sqs::wire::Fault;
use crate::aws::sqs::{NoQueue, Sqs, lock};

fn attribute_map(input: &Value) -> Attributes {
    let set = input["Attributes"].as_object().into_iter().flatten();
    set.map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
}

pub(super) async fn create(sqs: &Sqs, input: &Value) -> Answer {
    let name = text(input, "QueueName")?;
    let plain = name.strip_suffix(".fifo").unwrap_or(name);
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if plain.is_empty() || name.len() > 80 || !plain.bytes().all(legal) {
        return Err(Fault::new("InvalidParameterValue", "The queue name is not valid."));
    }
    let wanted = attribute_map(input);
    let there = lock(&sqs.0.state).queues.get(name).map(set);
    match there {
        Some(there) if wanted.iter().any(|(key, value)| there.get(key) != Some(value)) => {
            Err(Fault::new("QueueNameExists", "A queue already exists with the same name and a different value."))
        }
        Some(_) => Ok(json!({ "QueueUrl": sqs.url(name) })),
        None => {
            let url = sqs.create_queue(name, wanted).await?;
            let tags = tags::of(&input["tags"]);
            sqs.tag(name, |all| all.extend(tags)).await?;
            Ok(json!({ "QueueUrl": url }))
        }
    }
}

pub(super) fn url(sqs: &Sqs, input: &Value) -> Answer {
    let name = text(input, "QueueName")?;
    let known = lock(&sqs.0.state).queues.contains_key(name);
    if known { Ok(json!({ "QueueUrl": sqs.url(name) })) } else { Err(NoQueue.into()) }
}

pub(super) fn list(sqs: &Sqs, input: &Value) -> Value {
    let prefix = input["QueueNamePrefix"].as_str().unwrap_or_default();
    let mut names: Vec<String> =
        lock(&sqs.0.state).queues.keys().filter(|it| it.starts_with(prefix)).cloned().collect();
    names.sort_unstable();
    json!({ "QueueUrls": names.iter().map(|name| sqs.url(name)).collect::<Vec<_>>() })
}

/// What was set, and what holds because nothing else was.
fn set(queue: &Queue) -> Attributes {
    let mut all = queue.set.clone();
    for (key, value) in [
        ("VisibilityTimeout", queue.rules.visibility.to_string()),
        ("DelaySeconds", queue.rules.delay.to_string()),
        ("MessageRetentionPeriod", queue.rules.retention.to_string()),
        ("ReceiveMessageWaitTimeSeconds", queue.rules.wait.to_string()),
        ("MaximumMessageSize", SIZE_MAX.to_string()),
    ] {
        all.insert(key.to_owned(), value);
    }
    all
}

pub(super) fn attributes(sqs: &Sqs, input: &Value) -> Answer {
    let name = queue(input)?;
    sqs.run_moves();
    let now = (sqs.0.now)();
    let mut state = lock(&sqs.0.state);
    let queue = state.queue(&name)?;
    let figures = queue.figures(now);
    let mut all = set(queue);
    for (key, value) in [
        ("ApproximateNumberOfMessages", figures.visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", figures.in_flight.to_string()),
        ("ApproximateNumberOfMessagesDelayed", figures.delayed.to_string()),
        ("QueueArn", Sqs::arn(&name)),
    ] {
        all.insert(key.to_owned(), value);
    }
    let asked: Vec<&str> = input["AttributeNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !asked.contains(&"All") {
        all.retain(|key, _| asked.contains(&key.as_str()));
    }
    Ok(json!({ "Attributes": all }))
}

pub(super) async fn set_attributes(sqs: &Sqs, input: &Value) -> Answer {
    let name = queue(input)?;
    let mut set = lock(&sqs.0.state).queue(&name)?.set.clone();
    set.extend(attribute_map(input));
    sqs.create_queue(&name, set).await?;
    Ok(json!({}))
}

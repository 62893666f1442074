//! Receiving, and what whoever received may do: delete, keep longer, give back.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, BATCH_MAX, HIDDEN_MAX, queue, text};
use crate::aws::sqs::wire::Fault;
use crate::aws::sqs::{Delivery, Sqs, digest, lock};

pub(super) async fn receive(sqs: &Sqs, input: &Value) -> Answer {
    let name = queue(input)?;
    let max = input["MaxNumberOfMessages"].as_u64().unwrap_or(1);
    if !(1..=10).contains(&max) {
        let why = format!(
            "Value {max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        );
        return Err(Fault::new("InvalidParameterValue", why));
    }
    let visibility = input["VisibilityTimeout"].as_u64();
    if visibility.is_some_and(|s| s > HIDDEN_MAX) {
        return Err(Fault::new("InvalidParameterValue", "VisibilityTimeout must be between 0 and 43200."));
    }
    let default_wait = lock(&sqs.0.state).queue(&name)?.rules.wait;
    let wait = input["WaitTimeSeconds"].as_u64().unwrap_or(default_wait).min(20);
    let max = usize::try_from(max).unwrap_or(BATCH_MAX);
    let received = sqs.receive(&name, max, Duration::from_secs(wait), visibility).await?;
    if received.is_empty() {
        return Ok(json!({}));
    }
    let asked = |name: &str| {
        input[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut system: Vec<String> = asked("MessageSystemAttributeNames");
    system.extend(asked("AttributeNames"));
    let named: Vec<String> = asked("MessageAttributeNames");
    Ok(json!({ "Messages": received.iter().map(|d| shown(d, &system, &named)).collect::<Vec<_>>() }))
}

fn shown(delivery: &Delivery, system: &[String], named: &[String]) -> Value {
    let message = &delivery.message;
    let mut shown = json!({
        "MessageId": message.id, "ReceiptHandle": delivery.receipt_handle,
        "Body": message.body, "MD5OfBody": digest::of_body(&message.body),
    });
    let all = |list: &[String]| list.iter().any(|n| n == "All" || n == ".*");
    let mut attributes = message.system_attributes();
    attributes.retain(|name, _| all(system) || system.contains(name));
    if !attributes.is_empty() {
        shown["Attributes"] = attributes.into();
    }
    let mut own = message.attributes.clone();
    own.retain(|name, _| all(named) || named.contains(name));
    if let Some(md5) = digest::of_attributes(&own) {
        shown["MD5OfMessageAttributes"] = md5.into();
        shown["MessageAttributes"] = own.into();
    }
    shown
}

pub(super) fn delete(sqs: &Sqs, name: &str, input: &Value) -> Result<(), Fault> {
    Ok(sqs.delete(name, text(input, "ReceiptHandle")?)?)
}

pub(super) fn change_visibility(sqs: &Sqs, name: &str, input: &Value) -> Result<(), Fault> {
    let missing = || Fault::new("MissingParameter", "The request must contain the parameter VisibilityTimeout.");
    let seconds = input["VisibilityTimeout"].as_u64().ok_or_else(missing)?;
    if seconds > HIDDEN_MAX {
        return Err(Fault::new("InvalidParameterValue", "VisibilityTimeout must be between 0 and 43200."));
    }
    Ok(sqs.change_visibility(name, text(input, "ReceiptHandle")?, seconds)?)
}

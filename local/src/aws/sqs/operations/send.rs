//! Sending: what a message must be, alone and in a batch.

use serde_json::{Map, Value, json};

use super::batch::{entries, failure};
use super::{Answer, SIZE_MAX, queue, text};
use crate::aws::sqs::message::{self, Arriving, Message};
use crate::aws::sqs::rules::Rules;
use crate::aws::sqs::wire::Fault;
use crate::aws::sqs::{Sqs, digest, lock};

/// Checks a message as SQS does, and gives it an id.
fn arriving(sqs: &Sqs, name: &str, input: &Value) -> Result<Arriving, Fault> {
    let body = text(input, "MessageBody")?;
    let attributes = input["MessageAttributes"].as_object().cloned().unwrap_or_default();
    if body.is_empty() {
        return Err(Fault::new("MissingParameter", "The request must contain the parameter MessageBody."));
    }
    if size(body, &attributes) > SIZE_MAX {
        let most =
            format!("One or more parameters are invalid. Reason: Message must be shorter than {SIZE_MAX} bytes.");
        return Err(Fault::new("InvalidParameterValue", most));
    }
    let rules = lock(&sqs.0.state).queue(name)?.rules.clone();
    let owned = |key: &str| input[key].as_str().map(str::to_owned);
    let (group, deduplication) = (owned("MessageGroupId"), owned("MessageDeduplicationId"));
    let delay = input["DelaySeconds"].as_u64();
    let deduplication = deduplication.or_else(|| (rules.fifo && rules.content_based).then(|| sha256(body)));
    let arriving = Arriving { id: message::new_id(), body: body.to_owned(), attributes, group, deduplication, delay };
    fits(&arriving, &rules).map(|()| arriving)
}

/// What a FIFO queue needs, and what a standard queue does not know.
fn fits(arriving: &Arriving, rules: &Rules) -> Result<(), Fault> {
    let invalid = |why: &str| Err(Fault::new("InvalidParameterValue", why));
    let Arriving { group, deduplication, delay, .. } = arriving;
    match (rules.fifo, group, deduplication) {
        (true, None, _) => {
            let why = "The request must contain the parameter MessageGroupId.";
            Err(Fault::new("MissingParameter", why))
        }
        (true, _, None) => invalid(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        ),
        (true, ..) if delay.is_some_and(|d| d != rules.delay) => invalid(
            "Value for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
        ),
        (false, _, Some(_)) => {
            invalid("The request includes a parameter that is not valid for this queue type: MessageDeduplicationId.")
        }
        (true, Some(_), Some(_)) | (false, _, None) if delay.is_some_and(|d| d > 900) => {
            invalid("DelaySeconds must be between 0 and 900.")
        }
        (true, Some(_), Some(_)) | (false, _, None) => Ok(()),
    }
}

fn size(body: &str, attributes: &Map<String, Value>) -> usize {
    let of = |(name, value): (&String, &Value)| name.len() + value.to_string().len();
    body.len() + attributes.iter().map(of).sum::<usize>()
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(text))
}

fn refused(sqs: &Sqs) -> Result<(), Fault> {
    if sqs.refuses() {
        Err(Fault::new("InternalFailure", "We encountered an internal error. Please try again."))
    } else {
        Ok(())
    }
}

pub(super) async fn send(sqs: &Sqs, input: &Value) -> Answer {
    refused(sqs)?;
    let name = queue(input)?;
    let arriving = arriving(sqs, &name, input)?;
    let sent = sqs.send(&name, vec![arriving]).await?;
    Ok(sent.first().map(|m| result(m, &name)).unwrap_or_default())
}

fn result(message: &Message, queue: &str) -> Value {
    let mut result = json!({ "MessageId": message.id, "MD5OfMessageBody": digest::of_body(&message.body) });
    if let Some(md5) = digest::of_attributes(&message.attributes) {
        result["MD5OfMessageAttributes"] = md5.into();
    }
    if queue.ends_with(".fifo") {
        result["SequenceNumber"] = format!("{:020}", message.seq).into();
    }
    result
}

pub(super) async fn send_batch(sqs: &Sqs, input: &Value) -> Answer {
    refused(sqs)?;
    let name = queue(input)?;
    let entries = entries(input)?;
    let of = |e: &Value| {
        size(e["MessageBody"].as_str().unwrap_or_default(), e["MessageAttributes"].as_object().unwrap_or(&Map::new()))
    };
    if entries.iter().map(of).sum::<usize>() > SIZE_MAX {
        let why = format!("Batch requests cannot be longer than {SIZE_MAX} bytes.");
        return Err(Fault::new("BatchRequestTooLong", why));
    }
    let (mut ids, mut good, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        match arriving(sqs, &name, entry) {
            Ok(arriving) => {
                ids.push(entry["Id"].clone());
                good.push(arriving);
            }
            Err(fault) if fault.code == "QueueDoesNotExist" => return Err(fault),
            Err(fault) => failed.push(failure(&entry["Id"], &fault)),
        }
    }
    let sent = sqs.send(&name, good).await?;
    let successful: Vec<Value> = ids
        .into_iter()
        .zip(&sent)
        .map(|(id, message)| {
            let mut result = result(message, &name);
            result["Id"] = id;
            result
        })
        .collect();
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

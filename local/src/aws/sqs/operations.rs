//! What each operation of SQS takes and answers.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::queue::{Arriving, Message};
use super::rules::{Attributes, BadAttribute};
use super::wire::Fault;
use super::{BadReceipt, Delivery, NoQueue, Sqs, digest, lock};

/// Largest message, and largest sum of a batch, in bytes: 1 MiB.
/// [AWS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
const SIZE_MAX: usize = 1_048_576;

/// Most entries of a batch.
const BATCH_MAX: usize = 10;

/// Longest that a message may be hidden, in seconds: 12 hours.
const HIDDEN_MAX: u64 = 43_200;

type Answer = Result<Value, Fault>;

pub(super) async fn run(sqs: &Sqs, operation: &str, input: &Value) -> Answer {
    match operation {
        "CreateQueue" => create(sqs, input).await,
        "GetQueueUrl" => queue_url(sqs, input),
        "ListQueues" => Ok(list(sqs, input)),
        "GetQueueAttributes" => attributes(sqs, input),
        "SetQueueAttributes" => set_attributes(sqs, input).await,
        "SendMessage" => send(sqs, input).await,
        "SendMessageBatch" => send_batch(sqs, input).await,
        "ReceiveMessage" => receive(sqs, input).await,
        "DeleteMessage" => delete(sqs, &queue(input)?, input).map(|()| json!({})),
        "DeleteMessageBatch" => {
            let name = queue(input)?;
            each(input, |entry| delete(sqs, &name, entry))
        }
        "ChangeMessageVisibility" => change_visibility(sqs, &queue(input)?, input).map(|()| json!({})),
        "ChangeMessageVisibilityBatch" => {
            let name = queue(input)?;
            each(input, |entry| change_visibility(sqs, &name, entry))
        }
        "PurgeQueue" => sqs.purge(&queue(input)?).map(|()| json!({})).map_err(Fault::from),
        _ => Err(Fault::new("InvalidAction", format!("{operation} is not played here."))),
    }
}

impl From<NoQueue> for Fault {
    fn from(NoQueue: NoQueue) -> Self {
        Self::new("QueueDoesNotExist", "The specified queue does not exist.")
    }
}

impl From<BadAttribute> for Fault {
    fn from(BadAttribute(name): BadAttribute) -> Self {
        Self::new("InvalidAttributeValue", format!("Invalid value for the parameter {name}."))
    }
}

impl From<BadReceipt> for Fault {
    fn from(bad: BadReceipt) -> Self {
        match bad {
            BadReceipt::NoQueue => NoQueue.into(),
            BadReceipt::NotOurs => Self::new("ReceiptHandleIsInvalid", "The input receipt handle is invalid."),
            BadReceipt::NotInFlight => Self::new("MessageNotInflight", "The message is not in flight."),
        }
    }
}

fn text<'a>(input: &'a Value, name: &str) -> Result<&'a str, Fault> {
    let missing = || Fault::new("MissingParameter", format!("The request must contain the parameter {name}."));
    input[name].as_str().ok_or_else(missing)
}

/// The queue that a URL names: its last part.
fn queue(input: &Value) -> Result<String, Fault> {
    Ok(text(input, "QueueUrl")?.rsplit('/').next().unwrap_or_default().to_owned())
}

fn attribute_map(input: &Value) -> Attributes {
    let set = input["Attributes"].as_object().into_iter().flatten();
    set.map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
}

async fn create(sqs: &Sqs, input: &Value) -> Answer {
    let name = text(input, "QueueName")?;
    let plain = name.strip_suffix(".fifo").unwrap_or(name);
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if plain.is_empty() || name.len() > 80 || !plain.bytes().all(legal) {
        return Err(Fault::new("InvalidParameterValue", "The queue name is not valid."));
    }
    let wanted = attribute_map(input);
    let differs = |q: &super::Queue| wanted.iter().any(|(k, v)| q.set.get(k).is_some_and(|old| old != v));
    if lock(&sqs.0.state).queues.get(name).is_some_and(differs) {
        return Err(Fault::new("QueueNameExists", "A queue of this name exists with other attributes."));
    }
    Ok(json!({ "QueueUrl": sqs.create_queue(name, wanted).await? }))
}

fn queue_url(sqs: &Sqs, input: &Value) -> Answer {
    let name = text(input, "QueueName")?;
    let known = lock(&sqs.0.state).queues.contains_key(name);
    if known { Ok(json!({ "QueueUrl": sqs.url(name) })) } else { Err(NoQueue.into()) }
}

fn list(sqs: &Sqs, input: &Value) -> Value {
    let prefix = input["QueueNamePrefix"].as_str().unwrap_or_default();
    let names: Vec<String> = sqs.figures().into_keys().filter(|name| name.starts_with(prefix)).collect();
    json!({ "QueueUrls": names.iter().map(|name| sqs.url(name)).collect::<Vec<_>>() })
}

fn attributes(sqs: &Sqs, input: &Value) -> Answer {
    let name = queue(input)?;
    let now = (sqs.0.now)();
    let state = lock(&sqs.0.state);
    let queue = state.queues.get(&name).ok_or(NoQueue)?;
    let figures = queue.figures(now);
    let mut all: Map<String, Value> = queue.set.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect();
    for (key, value) in [
        ("ApproximateNumberOfMessages", figures.visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", figures.in_flight.to_string()),
        ("ApproximateNumberOfMessagesDelayed", figures.delayed.to_string()),
        ("QueueArn", Sqs::arn(&name)),
        ("VisibilityTimeout", queue.rules.visibility.to_string()),
        ("DelaySeconds", queue.rules.delay.to_string()),
        ("MessageRetentionPeriod", queue.rules.retention.to_string()),
        ("ReceiveMessageWaitTimeSeconds", queue.rules.wait.to_string()),
        ("MaximumMessageSize", SIZE_MAX.to_string()),
    ] {
        all.insert(key.to_owned(), value.into());
    }
    let asked: Vec<&str> = input["AttributeNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !asked.contains(&"All") {
        all.retain(|key, _| asked.contains(&key.as_str()));
    }
    Ok(json!({ "Attributes": all }))
}

async fn set_attributes(sqs: &Sqs, input: &Value) -> Answer {
    let name = queue(input)?;
    let mut set = lock(&sqs.0.state).queues.get(&name).ok_or(NoQueue)?.set.clone();
    set.extend(attribute_map(input));
    sqs.create_queue(&name, set).await?;
    Ok(json!({}))
}

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
    let rules = lock(&sqs.0.state).queues.get(name).ok_or(NoQueue)?.rules.clone();
    let owned = |key: &str| input[key].as_str().map(str::to_owned);
    let group = owned("MessageGroupId");
    let mut deduplication = owned("MessageDeduplicationId");
    let delay = input["DelaySeconds"].as_u64();
    if rules.fifo {
        if group.is_none() {
            let why = "The request must contain the parameter MessageGroupId.";
            return Err(Fault::new("MissingParameter", why));
        }
        if deduplication.is_none() && rules.content_based {
            deduplication = Some(sha256(body));
        }
        if deduplication.is_none() {
            let why = "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly";
            return Err(Fault::new("InvalidParameterValue", why));
        }
        if delay.is_some_and(|d| d != rules.delay) {
            let why = "Value for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.";
            return Err(Fault::new("InvalidParameterValue", why));
        }
    } else if deduplication.is_some() {
        let why = "The request includes a parameter that is not valid for this queue type: MessageDeduplicationId.";
        return Err(Fault::new("InvalidParameterValue", why));
    }
    if delay.is_some_and(|d| d > 900) {
        return Err(Fault::new("InvalidParameterValue", "DelaySeconds must be between 0 and 900."));
    }
    Ok(Arriving { id: new_id(), body: body.to_owned(), attributes, group, deduplication, delay })
}

fn size(body: &str, attributes: &Map<String, Value>) -> usize {
    let of = |(name, value): (&String, &Value)| name.len() + value.to_string().len();
    body.len() + attributes.iter().map(of).sum::<usize>()
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(text))
}

/// An id in the form that SQS gives: a random UUID.
fn new_id() -> String {
    let mut b = [0_u8; 16];
    getrandom::fill(&mut b).expect("the operating system gives random bytes");
    let h = hex::encode(b);
    format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
}

fn refused(sqs: &Sqs) -> Result<(), Fault> {
    if sqs.refuses() {
        Err(Fault::new("InternalFailure", "We encountered an internal error. Please try again."))
    } else {
        Ok(())
    }
}

async fn send(sqs: &Sqs, input: &Value) -> Answer {
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

fn entries(input: &Value) -> Result<&Vec<Value>, Fault> {
    let entries = input["Entries"].as_array().filter(|e| !e.is_empty());
    let entries = entries.ok_or_else(|| Fault::new("EmptyBatchRequest", "There should be at least one entry."))?;
    if entries.len() > BATCH_MAX {
        let why = format!("Maximum number of entries per request are {BATCH_MAX}. You have sent {}.", entries.len());
        return Err(Fault::new("TooManyEntriesInBatchRequest", why));
    }
    let mut ids: Vec<_> = entries.iter().filter_map(|e| e["Id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() == entries.len() {
        Ok(entries)
    } else {
        Err(Fault::new("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id."))
    }
}

async fn send_batch(sqs: &Sqs, input: &Value) -> Answer {
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

fn failure(id: &Value, fault: &Fault) -> Value {
    json!({ "Id": id, "SenderFault": true, "Code": fault.code, "Message": fault.message })
}

fn each(input: &Value, one: impl Fn(&Value) -> Result<(), Fault>) -> Answer {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries(input)? {
        match one(entry) {
            Ok(()) => successful.push(json!({ "Id": entry["Id"] })),
            Err(fault) if fault.code == "QueueDoesNotExist" => return Err(fault),
            Err(fault) => failed.push(failure(&entry["Id"], &fault)),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

async fn receive(sqs: &Sqs, input: &Value) -> Answer {
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
    let default_wait = lock(&sqs.0.state).queues.get(&name).ok_or(NoQueue)?.rules.wait;
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

impl Message {
    /// What SQS itself says of a message.
    pub fn system_attributes(&self) -> Map<String, Value> {
        let fifo = self.group.is_some() && self.deduplication.is_some();
        let some = [
            ("ApproximateReceiveCount", Some(self.receives.to_string())),
            ("SentTimestamp", Some(self.sent_at.to_string())),
            ("SenderId", Some(super::ACCOUNT.to_owned())),
            ("ApproximateFirstReceiveTimestamp", self.first_received_at.map(|at| at.to_string())),
            ("MessageGroupId", self.group.clone()),
            ("MessageDeduplicationId", self.deduplication.clone()),
            ("SequenceNumber", fifo.then(|| format!("{:020}", self.seq))),
            ("DeadLetterQueueSourceArn", self.source.clone()),
        ];
        some.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
    }
}

fn delete(sqs: &Sqs, name: &str, input: &Value) -> Result<(), Fault> {
    Ok(sqs.delete(name, text(input, "ReceiptHandle")?)?)
}

fn change_visibility(sqs: &Sqs, name: &str, input: &Value) -> Result<(), Fault> {
    let missing = || Fault::new("MissingParameter", "The request must contain the parameter VisibilityTimeout.");
    let seconds = input["VisibilityTimeout"].as_u64().ok_or_else(missing)?;
    if seconds > HIDDEN_MAX {
        return Err(Fault::new("InvalidParameterValue", "VisibilityTimeout must be between 0 and 43200."));
    }
    Ok(sqs.change_visibility(name, text(input, "ReceiptHandle")?, seconds)?)
}

//! What each operation of SQS takes and answers.

mod batch;
mod moves;
mod queues;
mod receive;
mod send;
mod tags;

use serde_json::{Value, json};

use self::batch::each;
use self::receive::{change_visibility, delete};
use super::rules::BadAttribute;
use super::wire::Fault;
use super::{BadReceipt, NoQueue, Sqs};

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
        "CreateQueue" => queues::create(sqs, input).await,
        "GetQueueUrl" => queues::url(sqs, input),
        "ListQueues" => Ok(queues::list(sqs, input)),
        "GetQueueAttributes" => queues::attributes(sqs, input),
        "SetQueueAttributes" => queues::set_attributes(sqs, input).await,
        "SendMessage" => send::send(sqs, input).await,
        "SendMessageBatch" => send::send_batch(sqs, input).await,
        "ReceiveMessage" => receive::receive(sqs, input).await,
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
        "TagQueue" => tags::tag(sqs, input).await,
        "UntagQueue" => tags::untag(sqs, input).await,
        "ListQueueTags" => tags::list(sqs, input),
        "StartMessageMoveTask" => moves::start(sqs, input).await,
        "ListMessageMoveTasks" => moves::list(sqs, input),
        "CancelMessageMoveTask" => moves::cancel(sqs, input).await,
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
            BadReceipt::Expired => {
                let why = "Value for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.";
                Self::new("InvalidParameterValue", why)
            }
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

//! Move tasks on the wire: started, listed, cancelled.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::{Answer, text};
use crate::aws::sqs::moves::{BadMove, LISTED_MAX, Status, Task, Wanted};
use crate::aws::sqs::wire::Fault;
use crate::aws::sqs::{Sqs, kept, lock};

/// Fastest that a task may move, in messages a second.
/// [AWS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html).
const RATE_MAX: u64 = 500;

impl From<BadMove> for Fault {
    fn from(bad: BadMove) -> Self {
        let nowhere = |parameter: &str| {
            let why = format!("The resource that you specified for the {parameter} parameter doesn't exist.");
            Self::new("ResourceNotFoundException", why)
        };
        let invalid = |why: &str| Self::new("InvalidParameterValue", why);
        match bad {
            BadMove::NoSource => nowhere("SourceArn"),
            BadMove::NoDestination => nowhere("DestinationArn"),
            BadMove::NotOfDeadLetters => invalid("Source queue must be configured as a Dead Letter Queue."),
            BadMove::AlreadyRunning => invalid(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
            ),
            BadMove::NoTask => Self::new("ResourceNotFoundException", "Task does not exist."),
            BadMove::NotRunning => Self::new("UnsupportedOperation", "Only active tasks can be cancelled."),
        }
    }
}

/// A number that is in its range, if it is there at all.
fn number(input: &Value, name: &str, most: u64) -> Result<Option<u64>, Fault> {
    match input[name].as_u64() {
        None if input[name].is_null() => Ok(None),
        Some(number) if (1..=most).contains(&number) => Ok(Some(number)),
        _ => Err(Fault::new("InvalidParameterValue", format!("{name} must be between 1 and {most}."))),
    }
}

fn handle(task: &Task) -> String {
    BASE64URL_NOPAD.encode(json!({ "taskId": task.id, "sourceArn": task.source }).to_string().as_bytes())
}

pub(super) async fn start(sqs: &Sqs, input: &Value) -> Answer {
    let rate = number(input, "MaxNumberOfMessagesPerSecond", RATE_MAX)?;
    let destination = input["DestinationArn"].as_str().map(str::to_owned);
    let wanted = Wanted { source: text(input, "SourceArn")?.to_owned(), destination, rate };
    sqs.run_moves();
    let task = lock(&sqs.0.state).start_move(wanted, (sqs.0.now)())?;
    sqs.0.journal.write(vec![kept::task(&task)]).await;
    sqs.run_moves();
    Ok(json!({ "TaskHandle": handle(&task) }))
}

pub(super) fn list(sqs: &Sqs, input: &Value) -> Answer {
    let source = text(input, "SourceArn")?;
    let most = number(input, "MaxResults", LISTED_MAX as u64)?.unwrap_or(1);
    sqs.run_moves();
    let state = lock(&sqs.0.state);
    if !state.queues.keys().any(|name| Sqs::arn(name) == source) {
        return Err(BadMove::NoSource.into());
    }
    let newest = state.tasks.iter().rev().filter(|task| task.source == source);
    let most = usize::try_from(most).unwrap_or(LISTED_MAX);
    Ok(json!({ "Results": newest.take(most).map(shown).collect::<Vec<_>>() }))
}

fn shown(task: &Task) -> Value {
    let mut shown = json!({
        "Status": task.status,
        "SourceArn": task.source,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "StartedTimestamp": task.started_at,
    });
    for (name, value) in [
        ("TaskHandle", (task.status == Status::Running).then(|| handle(task).into())),
        ("DestinationArn", task.destination.clone().map(Value::from)),
        ("MaxNumberOfMessagesPerSecond", task.rate.map(Value::from)),
        ("FailureReason", task.failure.clone().map(Value::from)),
    ] {
        if let Some(value) = value {
            shown[name] = value;
        }
    }
    shown
}

pub(super) async fn cancel(sqs: &Sqs, input: &Value) -> Answer {
    let invalid = || Fault::new("InvalidParameterValue", "Value for parameter TaskHandle is invalid.");
    let handle = BASE64URL_NOPAD.decode(text(input, "TaskHandle")?.as_bytes()).map_err(|_| invalid())?;
    let handle: Value = serde_json::from_slice(&handle).map_err(|_| invalid())?;
    let id = text(&handle, "taskId").map_err(|_| invalid())?;
    sqs.run_moves();
    let task = lock(&sqs.0.state).cancel_move(id)?;
    sqs.0.journal.write(vec![kept::task(&task)]).await;
    Ok(json!({ "ApproximateNumberOfMessagesMoved": task.moved }))
}

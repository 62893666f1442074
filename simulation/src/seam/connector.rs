//! The HTTP client under all AWS clients of a run.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use futures_util::future::{Either, select};
use tokio::sync::oneshot;

use super::call::AUDITOR;
use super::{Answer, Call, Fault, Service};
use crate::world::World;

/// As `bootstrap` sets it for every AWS client.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Clone)]
struct Seam(World);

impl fmt::Debug for Seam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seam")
    }
}

impl HttpConnector for Seam {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (world, call) = (self.0.clone(), Call::of(&request));
        HttpConnectorFuture::new_boxed(Box::pin(async move {
            let service = call.service;
            if call.caller == AUDITOR {
                return Ok(world.perform(&call).into_response(service));
            }
            carry(&world, call).await.map(|answer| answer.into_response(service))
        }))
    }
}

/// What `Aws::over` takes.
pub fn connector(world: &World) -> SharedHttpConnector {
    SharedHttpConnector::new(Seam(world.clone()))
}

/// There and back, with whatever befalls it. The effect takes place also when the caller is gone by then.
async fn carry(world: &World, call: Call) -> Result<Answer, ConnectorError> {
    let (fault, there, back) = world.weather(&call);
    let down = call.service == Service::DynamoDb && world.now() < world.clouds().dynamodb.down_until;
    let fault = if down { Some(Fault::Error) } else { fault };
    if fault == Some(Fault::Unreachable) {
        return Err(ConnectorError::io("connection refused".into()));
    }
    let (tell, told) = oneshot::channel();
    let effect = world.clone();
    world.time.spawn(async move {
        effect.time.sleep(there).await;
        let answer = take_place(&effect, &call, fault);
        if let Some(answer) = answer {
            effect.time.sleep(back).await;
            let _ = tell.send(answer); // The caller may have died.
        } else if fault == Some(Fault::Timeout) {
            effect.time.sleep(READ_TIMEOUT).await; // The line stays silent.
        }
    });
    let answered = async { told.await.ok() };
    match select(pin!(answered), pin!(world.time.sleep(READ_TIMEOUT))).await {
        Either::Left((Some(answer), _)) => Ok(answer),
        Either::Left((None, _)) => Err(ConnectorError::io("the connection broke".into())),
        Either::Right(_) => Err(ConnectorError::timeout("no answer in time".into())),
    }
}

fn take_place(world: &World, call: &Call, fault: Option<Fault>) -> Option<Answer> {
    match fault {
        Some(Fault::Error) => Some(Answer::error(call.service, 500, "InternalServerError")),
        Some(Fault::Throttle) => Some(throttled(call.service)),
        Some(Fault::Conflict) => Some(conflict(call)),
        Some(Fault::Timeout | Fault::Unreachable) => None,
        Some(Fault::ResponseLost) => {
            world.perform(call);
            None
        }
        Some(Fault::Duplicate) => {
            world.perform(call);
            Some(world.perform(call))
        }
        Some(Fault::Partial) => Some(world.perform_in_part(call)),
        Some(Fault::Reorder | Fault::Crash) | None => Some(world.perform(call)),
    }
}

fn throttled(service: Service) -> Answer {
    match service {
        Service::DynamoDb => Answer::error(service, 400, "ProvisionedThroughputExceededException"),
        Service::S3 => Answer::error(service, 503, "SlowDown"),
        Service::Sts => Answer::error(service, 400, "Throttling"),
        Service::Connections => Answer::error(service, 429, "LimitExceededException"),
        Service::Sqs | Service::SecretsManager | Service::Graph => Answer::error(service, 400, "ThrottlingException"),
    }
}

fn conflict(call: &Call) -> Answer {
    if call.action != "TransactWriteItems" {
        return Answer::error(call.service, 400, "TransactionConflictException");
    }
    let count = call.json()["TransactItems"].as_array().map_or(0, Vec::len);
    let reasons: Vec<&str> = (0..count).map(|n| if n == 0 { "TransactionConflict" } else { "None" }).collect();
    crate::aws::dynamodb::cancelled(&reasons)
}

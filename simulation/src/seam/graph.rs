//! Graph's side of the seam: what carries `channel_meta`'s requests in a run.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use channel_meta::{Carrier, Lost};
use futures_util::future::{Either, select};
use reqwest::{Request, StatusCode};
use serde_json::json;
use tokio::sync::oneshot;

use super::{Answer, Call, Fault, Service};
use crate::bugs::Bug;
use crate::world::World;

/// As `deliver` sets it for a call of the channel.
const TIMEOUT: Duration = Duration::from_secs(8);

/// What `Graph::carried_by` takes.
pub fn carrier(world: &World, caller: &str) -> Carrier {
    let (world, caller) = (world.clone(), caller.to_owned());
    Arc::new(move |request: Request| {
        let call = call(&caller, &request);
        let world = world.clone();
        Box::pin(async move {
            let mut answered = carry(&world, call.clone()).await;
            // The bug of a client that tries again by itself.
            if world.bug == Some(Bug::ResendsOnTimeout) && matches!(answered, Err(Lost::After(_))) {
                answered = carry(&world, call).await;
            }
            answered
        })
    })
}

fn call(caller: &str, request: &Request) -> Call {
    let shown = request.headers().get("authorization").and_then(|shown| shown.to_str().ok());
    let is_send = request.url().path().ends_with("/messages");
    Call {
        caller: caller.to_owned(),
        service: Service::Graph,
        action: if is_send { "messages" } else { "number" }.to_owned(),
        tenant: None,
        access_token: shown.and_then(|shown| shown.strip_prefix("Bearer ")).map(str::to_owned),
        method: request.method().to_string(),
        path: request.url().path().to_owned(),
        body: request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec(),
    }
}

async fn carry(world: &World, call: Call) -> Result<(StatusCode, Vec<u8>), Lost> {
    let (fault, there, back) = world.weather(&call);
    if fault == Some(Fault::Unreachable) {
        return Err(Lost::Before("connection refused".to_owned()));
    }
    let (tell, told) = oneshot::channel();
    let effect = world.clone();
    world.time.spawn(async move {
        effect.time.sleep(there).await;
        let answer = take_place(&effect, &call, fault);
        match answer {
            Some(answer) => {
                effect.time.sleep(back).await;
                let _ = tell.send(answer); // The caller may have died.
            }
            None if fault == Some(Fault::Timeout) => effect.time.sleep(TIMEOUT).await,
            None => {}
        }
    });
    let answered = async { told.await.ok() };
    match select(pin!(answered), pin!(world.time.sleep(TIMEOUT))).await {
        Either::Left((Some(answer), _)) => {
            Ok((StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY), answer.body))
        }
        Either::Left((None, _)) => Err(Lost::After("the connection broke".to_owned())),
        Either::Right(_) => Err(Lost::After("no answer in time".to_owned())),
    }
}

fn take_place(world: &World, call: &Call, fault: Option<Fault>) -> Option<Answer> {
    match fault {
        Some(Fault::Error) => Some(Answer::text(502, "<html>bad gateway</html>")),
        Some(Fault::Throttle) => {
            let error = json!({ "error": { "code": 130_429, "message": "Rate limit hit" } });
            Some(Answer::json(429, &error))
        }
        Some(Fault::Timeout) => None,
        Some(Fault::ResponseLost) => {
            world.perform(call);
            None
        }
        Some(_) | None => Some(world.perform(call)),
    }
}

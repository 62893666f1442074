//! All that a run has in common: its time, its chance, its faults, and what plays the services.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::aws::connections::Connections;
use crate::aws::dynamodb::DynamoDb;
use crate::aws::s3::Bucket;
use crate::aws::secrets::Secrets;
use crate::aws::sqs::Queues;
use crate::aws::sts;
use crate::bugs::Bug;
use crate::chance::Chance;
use crate::graph::Graph;
use crate::seam::{Answer, Call, Fault, Faults, Service};
use crate::time::Time;
use crate::trace::Trace;

/// When a run begins: 2026-11-18T11:06:40Z.
pub const START: u64 = 1_795_000_000_000;

/// So far a global index may trail its table.
pub const INDEX_LAG: Duration = Duration::from_secs(2);

/// Its clones are one and the same.
#[derive(Clone)]
pub struct World {
    pub time: Time,
    pub faults: Faults,
    pub chance: Chance,
    pub bells: Arc<Bells>,
    /// What a test plants: how the code would behave that had this bug.
    pub bug: Option<Bug>,
    clouds: Arc<Mutex<Clouds>>,
    trace: Arc<Mutex<Trace>>,
}

/// Ring when there is something new.
#[derive(Default)]
pub struct Bells {
    pub queues: Notify,
    pub stream: Notify,
    pub meta: Notify,
}

/// What plays the services.
pub struct Clouds {
    pub dynamodb: DynamoDb,
    pub queues: Queues,
    pub bucket: Bucket,
    pub secrets: Secrets,
    pub connections: Connections,
    pub graph: Graph,
}

impl World {
    pub fn new(chance: &Chance, bug: Option<Bug>) -> Self {
        let draw = || Chance::of(chance.seed());
        let clouds = Clouds {
            dynamodb: DynamoDb::lagging(chance.between(0, INDEX_LAG.as_millis() as u64) as i64),
            queues: Queues::new(draw()),
            bucket: Bucket::default(),
            secrets: Secrets::default(),
            connections: Connections::default(),
            graph: Graph::new(draw()),
        };
        Self {
            time: Time::starting_at(START),
            faults: Faults::of(draw()),
            chance: draw(),
            bells: Arc::default(),
            bug,
            clouds: Arc::new(Mutex::new(clouds)),
            trace: Arc::default(),
        }
    }

    pub fn now(&self) -> i64 {
        self.time.millis()
    }

    pub fn clouds(&self) -> MutexGuard<'_, Clouds> {
        self.clouds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn trace(&self) -> MutexGuard<'_, Trace> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What befalls a call, and how long it takes to get there and back.
    pub fn weather(&self, call: &Call) -> (Option<Fault>, Duration, Duration) {
        let fault = self.faults.draw(call);
        let slow = if fault == Some(Fault::Reorder) { (200, 2_500) } else { (1, 8) };
        let millis = |(from, to)| Duration::from_millis(self.chance.between(from, to));
        (fault, millis(slow), millis((1, 4)))
    }

    /// Lets a call take place.
    pub fn perform(&self, call: &Call) -> Answer {
        let mutated = self.bug.as_ref().and_then(|bug| bug.of_call(call, self));
        let call = mutated.as_ref().unwrap_or(call);
        let answer = self.answer(call);
        let answer = match self.bug {
            Some(bug) => bug.of_answer(call, answer),
            None => answer,
        };
        self.trace().call(self.time.micros(), call, answer.status);
        answer
    }

    /// As [`World::perform`], but the queue refuses a part of what it is sent.
    pub fn perform_in_part(&self, call: &Call) -> Answer {
        self.clouds().queues.refuse_part = true;
        self.perform(call)
    }

    fn answer(&self, call: &Call) -> Answer {
        let now = self.now();
        // Of reads that need not be consistent, one in four is not.
        let stale = call.service == Service::DynamoDb && call.caller != "auditor" && self.chance.below(4) == 0;
        let mut clouds = self.clouds();
        let told = clouds.dynamodb.stream().told();
        let answer = match call.service {
            Service::DynamoDb => clouds.dynamodb.perform(call, now, stale),
            Service::Sqs => clouds.queues.perform(call, now),
            Service::S3 => clouds.bucket.perform(call),
            Service::SecretsManager => clouds.secrets.perform(call),
            Service::Sts => sts::assume_role(call, now),
            Service::Connections => clouds.connections.perform(call, now),
            Service::Graph => clouds.graph.perform(call, now),
        };
        let changed = clouds.dynamodb.stream().told() > told;
        drop(clouds);
        match call.service {
            Service::DynamoDb if changed => self.bells.stream.notify_waiters(),
            Service::Sqs => self.bells.queues.notify_waiters(),
            Service::Graph => self.bells.meta.notify_waiters(),
            Service::DynamoDb | Service::S3 | Service::SecretsManager | Service::Sts | Service::Connections => {}
        }
        answer
    }
}

//! Plays a plan: each webhook leaves when it is due, whether or not those before it were answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::install::Tenant;
use crate::payload;
use crate::plan::{Event, Kind};
use crate::tally::Sent;
use crate::webhook::{Courier, Delivery};

/// A webhook that was brought, or was not.
pub struct Brought {
    pub event: Event,
    pub due: Instant,
    pub delivery: Delivery,
}

/// Where customers' messages come from.
pub struct Traffic {
    pub courier: Arc<Courier>,
    pub tenants: Arc<Vec<Tenant>>,
    /// Told in each message's id, so that no two runs share one.
    pub run: String,
    /// Time since 1970 when `started` was.
    pub epoch: Duration,
    pub started: Instant,
}

impl Traffic {
    /// Brings every event of the plan, from now on. Returns when each is answered or given up.
    pub async fn play(&self, plan: Vec<Event>) -> Vec<Brought> {
        let start = Instant::now();
        let mut going = JoinSet::new();
        for event in plan {
            let due = start + event.at;
            sleep_until(due).await;
            going.spawn(self.bring(event, due));
        }
        going.join_all().await
    }

    fn bring(&self, event: Event, due: Instant) -> impl Future<Output = Brought> + Send + 'static {
        let now = self.epoch + due.saturating_duration_since(self.started);
        let written = self.tenants.get(event.tenant).and_then(|tenant| {
            let body = payload::body(&event, &self.run, tenant.number_of(event.customer)?, now.as_secs());
            Some((payload::signature(&tenant.app_secret, &body), body))
        });
        let courier = self.courier.clone();
        async move {
            let (signature, body) = written.unwrap_or_default();
            Brought { delivery: courier.bring(body, signature, due).await, event, due }
        }
    }
}

/// The messages that were sent to one tenant, by their ids, each with the best answer that it got.
pub fn sent_to(tenant: usize, run: &str, brought: &[Brought]) -> Sent {
    let mut sent = Sent::new();
    let of = brought.iter().filter(|one| one.event.tenant == tenant && one.event.kind == Kind::Message);
    let (repetitions, firsts): (Vec<_>, Vec<_>) = of.partition(|one| one.event.repetition);
    for one in firsts.into_iter().chain(repetitions) {
        let answered = one.delivery.answered;
        sent.entry(payload::message_id(run, one.event.n))
            .and_modify(|best| *best = best.or(answered))
            .or_insert(answered);
    }
    sent
}

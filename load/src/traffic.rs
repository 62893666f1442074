//! Plays a plan: each webhook leaves when it is due, whether or not those before it were answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::install::{Number, Tenant};
use crate::payload;
use crate::plan::{Event, Kind};
use crate::tally::Answered;
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
        let body = self.number(&event).map(|(tenant, number)| {
            let body = payload::body(&event, &self.run, number, now.as_secs());
            (payload::signature(&tenant.app_secret, &body), body)
        });
        let courier = self.courier.clone();
        async move {
            let (signature, body) = body.unwrap_or_default();
            Brought { delivery: courier.bring(body, signature, due).await, event, due }
        }
    }

    /// The number that a customer writes to: always the same.
    fn number(&self, event: &Event) -> Option<(&Tenant, &Number)> {
        let tenant = self.tenants.get(event.tenant)?;
        let at = event.customer as usize % tenant.numbers.len().max(1);
        Some((tenant, tenant.numbers.get(at)?))
    }
}

/// The messages that were sent to one tenant, by their ids, each with the best answer that it got.
pub fn sent_to(tenant: usize, run: &str, brought: &[Brought]) -> BTreeMap<String, Answered> {
    let mut sent: BTreeMap<String, Answered> = BTreeMap::new();
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

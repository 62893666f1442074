//! Who takes part: tenants, their agents, their customers.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tokio::time::{Instant, interval};

use crate::agent::{Agent, Failed};
use crate::install::{Person, Tenant};
use crate::options::Options;
use crate::plan::{self, Event};
use crate::replies::{self, Desk, Replied};
use crate::simulator;
use crate::tally::{Answered, Sent};
use crate::traffic::{Traffic, sent_to};
use crate::truth::Truth;
use crate::watch::{WATCHED, Watch};
use crate::webhook::Courier;

/// Greetings a second: they warm the system up and are no part of the load.
pub const GREETINGS_PER_SECOND: u32 = 20;

/// Replies a minute on a system whose customers are the simulator's.
const REPLIES_PER_MINUTE: u32 = 30;

/// Who takes part.
pub struct Cast {
    pub options: Options,
    pub tenants: Arc<Vec<Tenant>>,
    /// Of each tenant, owners first.
    agents: Vec<Vec<Arc<Agent>>>,
    http: Client,
    /// Whether the system's customers are the simulator's.
    pub simulator: bool,
}

impl Cast {
    pub fn new(options: Options, tenants: Vec<Tenant>, http: Client, simulator: bool) -> Self {
        let agent = |tenant: &Tenant, person: &Person| {
            Arc::new(Agent::new(http.clone(), &options.base_url, tenant.slug.as_deref(), person.clone()))
        };
        let agents =
            tenants.iter().map(|tenant| tenant.people.iter().map(|person| agent(tenant, person)).collect()).collect();
        Self { options, tenants: Arc::new(tenants), agents, http, simulator }
    }

    pub fn traffic(&self, epoch: Duration) -> Traffic {
        let courier = Courier {
            http: self.http.clone(),
            url: format!("{}/webhooks/meta", self.options.base_url),
            patience: self.patience(),
        };
        Traffic {
            courier: Arc::new(courier),
            tenants: self.tenants.clone(),
            run: format!("{}-{}", self.options.seed, epoch.as_millis()),
            epoch,
            started: Instant::now(),
        }
    }

    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.options.patience_s.into())
    }

    pub fn owners(&self) -> impl Iterator<Item = Arc<Agent>> {
        self.agents.iter().filter_map(|agents| agents.first().cloned())
    }

    pub async fn truths(&self) -> Result<Vec<Truth>, Failed> {
        let mut truths = Vec::new();
        for owner in self.owners() {
            truths.push(Truth::before(owner).await?);
        }
        Ok(truths)
    }

    /// Whose sockets look on: tenants of Zipf's sizes, and in each tenant everyone in turn.
    pub fn idle_agents(&self) -> Vec<Arc<Agent>> {
        let sizes = plan::zipf(self.options.profile.idle, self.tenants.len());
        let of = |(agents, size): (&Vec<Arc<Agent>>, u32)| agents.clone().into_iter().cycle().take(size as usize);
        self.agents.iter().zip(sizes).flat_map(of).collect()
    }

    /// Plays the greetings: on the simulator's phone, if there is one, or by webhooks like all that follows.
    pub async fn greet(&self, traffic: &Traffic, greetings: Vec<Event>) -> Vec<Sent> {
        if !self.simulator {
            let brought = traffic.play(greetings).await;
            return (0..self.tenants.len()).map(|tenant| sent_to(tenant, &traffic.run, &brought)).collect();
        }
        let mut sent = vec![Sent::new(); self.tenants.len()];
        let mut turn = interval(Duration::from_secs(1) / GREETINGS_PER_SECOND);
        for event in greetings {
            turn.tick().await;
            let written = simulator::write(&self.http, &self.options.base_url, &event, &self.tenants).await;
            if let (Some(id), Some(sent)) = (written, sent.get_mut(event.tenant)) {
                sent.insert(id, Answered::Taken);
            }
        }
        sent
    }

    /// Once the greetings are there, each tenant's owner has their threads open.
    pub async fn open_threads(&self, truths: &[Truth], greeted: &[Sent]) -> Result<(Vec<Desk>, Watch), Failed> {
        let (mut desks, mut watch) = (Vec::new(), Watch::default());
        for ((truth, greeted), agent) in truths.iter().zip(greeted).zip(self.owners()) {
            let kept = truth.after(greeted, Instant::now() + self.patience()).await?;
            let conversations: BTreeSet<String> = kept.into_iter().map(|kept| kept.conversation_id).collect();
            let conversations: Vec<String> = conversations.into_iter().take(WATCHED as usize).collect();
            if !watch.open(&agent, &conversations).await {
                eprintln!("a tenant's threads are not watched: no socket opened");
            }
            desks.push(Desk { agent, conversations });
        }
        Ok((desks, watch))
    }

    pub async fn reply(&self, desks: &[Desk], run: &str, lasts: Duration) -> Vec<Replied> {
        let per_minute = match self.options.replies {
            Some(per_minute) => per_minute,
            None if self.simulator => REPLIES_PER_MINUTE,
            None => 0,
        };
        replies::play(desks, run, per_minute, lasts, self.options.seed).await
    }
}

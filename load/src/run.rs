//! A run, from the first sign-in to the report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use tokio::time::Instant;

use crate::agent::{Agent, Failed, Kept};
use crate::install::Tenant;
use crate::options::Options;
use crate::payload::message_id;
use crate::percentiles::Percentiles;
use crate::plan::{self, Event, Kind, Stage, Stretch};
use crate::replies::{self, Desk, Replied, RepliesReport};
use crate::report::{Noise, Report, StageReport};
use crate::socket::{Idle, IdleReport};
use crate::tally::{Answered, Tally};
use crate::traffic::{Brought, Traffic, sent_to};
use crate::truth::Truth;
use crate::watch::{WATCHED, Watch};
use crate::webhook::Courier;

/// Customers of each tenant; the first of them are watched.
const CUSTOMERS: u32 = 100;

/// Greetings a second: they warm the system up and are no part of the load.
const GREETINGS_PER_SECOND: u32 = 20;

/// Replies a minute on a system whose customers are the simulator's.
const REPLIES_PER_MINUTE: u32 = 30;

/// Between a burst, or a quiet half, and what follows.
const REST: Duration = Duration::from_secs(10);

/// How many times as much the noisy tenant writes.
const NOISE: u32 = 50;

/// Who takes part.
struct Cast {
    options: Options,
    tenants: Arc<Vec<Tenant>>,
    /// Of each tenant, owners first.
    agents: Vec<Vec<Arc<Agent>>>,
    http: Client,
}

/// Runs the load against the system. `epoch` is the time since 1970, now.
pub async fn run(options: Options, tenants: Vec<Tenant>, http: Client, epoch: Duration) -> Result<Report, Failed> {
    let cast = Cast::new(options, tenants, http);
    let traffic = cast.traffic(epoch);
    let truths = cast.truths().await?;
    eprintln!("opening {} idle sockets, {} a second", cast.options.profile.idle, cast.options.open_rate);
    let idle = Idle::open(cast.idle_agents(), cast.options.open_rate).await;
    eprintln!("customers greet");
    let greetings = plan::greetings(cast.tenants.len(), WATCHED, GREETINGS_PER_SECOND);
    let mut brought = traffic.play(greetings).await;
    let (desks, watch) = cast.open_threads(&truths, &traffic.run, &brought).await?;
    let plan = cast.plan(u32::try_from(brought.len()).unwrap_or(u32::MAX));
    eprintln!("{} webhooks are planned", plan.len());
    let (lasts, started) = (plan.last().map_or(Duration::ZERO, |event| event.at), Instant::now());
    let (played, replied) = tokio::join!(traffic.play(plan), cast.reply(&desks, &traffic.run, lasts));
    let took = started.elapsed();
    let messages = played.iter().filter(|one| one.event.kind == Kind::Message && !one.event.repetition).count();
    brought.extend(played);
    eprintln!("waiting for the end");
    let counted = cast.count(&truths, &traffic.run, &brought, &replied).await?;
    #[expect(clippy::cast_precision_loss, reason = "a count of messages")]
    let messages_per_second = messages as f64 / took.as_secs_f64().max(1.0);
    let latencies = Latencies { run: &traffic.run, brought: &brought, watch: &watch };
    Ok(cast.report(&latencies, counted, &replied, idle.close(), messages_per_second))
}

/// What the export says of it all.
struct Counted {
    customers: Tally,
    replies: Tally,
    by_status: BTreeMap<String, u32>,
}

impl Cast {
    fn new(options: Options, tenants: Vec<Tenant>, http: Client) -> Self {
        let agent = |tenant: &Tenant, person: &crate::install::Person| {
            Arc::new(Agent::new(http.clone(), &options.base_url, tenant.slug.as_deref(), person.clone()))
        };
        let agents =
            tenants.iter().map(|tenant| tenant.people.iter().map(|person| agent(tenant, person)).collect()).collect();
        Self { options, tenants: Arc::new(tenants), agents, http }
    }

    fn traffic(&self, epoch: Duration) -> Traffic {
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

    fn patience(&self) -> Duration {
        Duration::from_secs(self.options.patience_s.into())
    }

    fn owners(&self) -> impl Iterator<Item = Arc<Agent>> {
        self.agents.iter().filter_map(|agents| agents.first().cloned())
    }

    async fn truths(&self) -> Result<Vec<Truth>, Failed> {
        let mut truths = Vec::new();
        for owner in self.owners() {
            truths.push(Truth::before(owner).await?);
        }
        Ok(truths)
    }

    /// Whose sockets look on: tenants of Zipf's sizes, and in each tenant everyone in turn.
    fn idle_agents(&self) -> Vec<Arc<Agent>> {
        let sizes = plan::zipf(self.options.profile.idle, self.tenants.len());
        let of = |(agents, size): (&Vec<Arc<Agent>>, u32)| agents.clone().into_iter().cycle().take(size as usize);
        self.agents.iter().zip(sizes).flat_map(of).collect()
    }

    /// Once the greetings are there, each tenant's owner has their threads open.
    async fn open_threads(
        &self,
        truths: &[Truth],
        run: &str,
        greeted: &[Brought],
    ) -> Result<(Vec<Desk>, Watch), Failed> {
        let (mut desks, mut watch) = (Vec::new(), Watch::default());
        for (tenant, (truth, agent)) in truths.iter().zip(self.owners()).enumerate() {
            let kept = truth.after(&sent_to(tenant, run, greeted), Instant::now() + self.patience()).await?;
            let conversations: BTreeSet<String> = kept.into_iter().map(|kept| kept.conversation_id).collect();
            let conversations: Vec<String> = conversations.into_iter().take(WATCHED as usize).collect();
            if !watch.open(&agent, &conversations).await {
                eprintln!("the threads of tenant {tenant} are not watched: no socket");
            }
            desks.push(Desk { agent, conversations });
        }
        Ok((desks, watch))
    }

    fn plan(&self, first: u32) -> Vec<Event> {
        let profile = &self.options.profile;
        let tenants = self.tenants.len();
        if self.options.noisy_tenant {
            // All are watched: the fewer there are, the more each counts.
            return plan::plan(
                &noisy(profile.steady() / 2, profile.lasts() / 2, tenants),
                WATCHED,
                first,
                self.options.seed,
            );
        }
        let burst = plan::zipf(profile.burst, tenants);
        let steady = plan::zipf(profile.steady(), tenants);
        let stretches = [
            Stretch { stage: Stage::Burst, starts: Duration::ZERO, lasts: Duration::ZERO, messages: burst },
            Stretch { stage: Stage::Steady, starts: REST, lasts: profile.lasts(), messages: steady },
        ];
        plan::plan(&stretches, CUSTOMERS, first, self.options.seed)
    }

    async fn reply(&self, desks: &[Desk], run: &str, lasts: Duration) -> Vec<Replied> {
        let per_minute = match self.options.replies {
            Some(per_minute) => per_minute,
            None if self.has_simulator().await => REPLIES_PER_MINUTE,
            None => 0,
        };
        replies::play(desks, run, per_minute, lasts, self.options.seed).await
    }

    async fn has_simulator(&self) -> bool {
        let accounts = self.http.get(format!("{}/simulator/api/accounts", self.options.base_url)).send().await;
        accounts.is_ok_and(|answer| answer.status().is_success())
    }

    async fn count(
        &self,
        truths: &[Truth],
        run: &str,
        brought: &[Brought],
        replied: &[Replied],
    ) -> Result<Counted, Failed> {
        let deadline = Instant::now() + self.patience();
        let mut counted =
            Counted { customers: Tally::default(), replies: Tally::default(), by_status: BTreeMap::new() };
        for (tenant, truth) in truths.iter().enumerate() {
            let customers = sent_to(tenant, run, brought);
            let of = replied.iter().filter(|reply| reply.tenant == tenant);
            let replies: BTreeMap<String, Answered> = of.map(|reply| (reply.key.clone(), reply.answered)).collect();
            let all = customers.iter().chain(&replies).map(|(id, answered)| (id.clone(), *answered)).collect();
            let kept = truth.after(&all, deadline).await?;
            let (inbound, outbound): (Vec<&Kept>, Vec<&Kept>) = kept.iter().partition(|kept| kept.is_inbound());
            counted.customers += Tally::of(&customers, inbound.iter().map(|kept| kept.sender_id()));
            counted.replies += Tally::of(&replies, outbound.iter().map(|kept| kept.sender_id()));
            for status in outbound.iter().filter_map(|kept| kept.delivery_status.clone()) {
                *counted.by_status.entry(status).or_default() += 1;
            }
        }
        Ok(counted)
    }

    fn report(
        &self,
        latencies: &Latencies<'_>,
        counted: Counted,
        replied: &[Replied],
        idle: IdleReport,
        messages_per_second: f64,
    ) -> Report {
        let others = |stage| latencies.shown(|event| event.stage == stage && event.tenant > 0);
        let noise = self.options.noisy_tenant.then(|| Noise::of(others(Stage::Quiet).0, others(Stage::Noisy).0));
        let answered = Percentiles::of(replied.iter().map(|reply| reply.answered_in));
        Report {
            profile: self.options.profile.clone(),
            run: latencies.run.to_owned(),
            seed: self.options.seed,
            tenants: self.tenants.len(),
            idle,
            customers: counted.customers,
            replies: counted.replies,
            replied: RepliesReport { answered, by_status: counted.by_status },
            stages: latencies.stages(),
            messages_per_second,
            noise,
        }
    }
}

/// The quiet half and the noisy one. The noisy half as a whole has the profile's rate, so the quiet one has far less.
fn noisy(half: u32, lasts: Duration, tenants: usize) -> [Stretch; 2] {
    let each = (half / (u32::try_from(tenants).unwrap_or(u32::MAX) + NOISE - 1)).max(1);
    let quiet = vec![each; tenants];
    let mut noisy = quiet.clone();
    if let Some(first) = noisy.first_mut() {
        *first *= NOISE;
    }
    [
        Stretch { stage: Stage::Quiet, starts: Duration::ZERO, lasts, messages: quiet },
        Stretch { stage: Stage::Noisy, starts: lasts + REST, lasts, messages: noisy },
    ]
}

/// What was brought and when it was shown.
struct Latencies<'a> {
    run: &'a str,
    brought: &'a [Brought],
    watch: &'a Watch,
}

impl Latencies<'_> {
    /// Of the stages of the plan. The greetings are left out: nobody had their threads open yet.
    fn stages(&self) -> BTreeMap<Stage, StageReport> {
        let stages: BTreeSet<Stage> =
            self.brought.iter().map(|one| one.event.stage).filter(|stage| *stage != Stage::Greeting).collect();
        let report = |stage| {
            let of = self.brought.iter().filter(|one| one.event.stage == stage);
            let answered = Percentiles::of(of.map(|one| one.delivery.answered_in));
            let (shown, not_shown) = self.shown(|event| event.stage == stage);
            (stage, StageReport { answered, shown, not_shown })
        };
        stages.into_iter().map(report).collect()
    }

    /// How soon the messages of open threads were shown, and how many never were.
    fn shown(&self, wanted: impl Fn(&Event) -> bool) -> (Percentiles, usize) {
        let watched = self.brought.iter().filter(|one| {
            let event = &one.event;
            event.kind == Kind::Message && !event.repetition && event.customer < WATCHED && wanted(event)
        });
        let (mut shown, mut never) = (Vec::new(), 0);
        for one in watched {
            match self.watch.shown(&message_id(self.run, one.event.n)) {
                Some(at) => shown.push(at.saturating_duration_since(one.due)),
                None => never += 1,
            }
        }
        (Percentiles::of(shown), never)
    }
}

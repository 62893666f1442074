//! A run, from the first sign-in to the report.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Client;
use tokio::time::Instant;

use crate::agent::{Failed, Kept};
use crate::cast::{Cast, GREETINGS_PER_SECOND};
use crate::day;
use crate::install::Tenant;
use crate::latencies::Latencies;
use crate::options::Options;
use crate::percentiles::Percentiles;
use crate::plan::{self, Event, Kind, Stage};
use crate::replies::{Replied, RepliesReport};
use crate::report::{Noise, Report};
use crate::simulator;
use crate::socket::{Idle, IdleReport};
use crate::tally::{Sent, Tally};
use crate::traffic::sent_to;
use crate::truth::Truth;
use crate::watch::WATCHED;

/// Customers of each tenant; the first of them are watched.
const CUSTOMERS: u32 = 100;

/// Runs the load against the system. `epoch` is the time since 1970, now.
pub async fn run(options: Options, tenants: Vec<Tenant>, http: Client, epoch: Duration) -> Result<Report, Failed> {
    let simulator = simulator::is_there(&http, &options.base_url).await;
    let cast = Cast::new(options, tenants, http, simulator);
    let traffic = cast.traffic(epoch);
    let truths = cast.truths().await?;
    eprintln!("opening {} idle sockets, {} a second", cast.options.profile.idle, cast.options.open_rate);
    let idle = Idle::open(cast.idle_agents(), cast.options.open_rate).await;
    eprintln!("customers greet");
    let greetings = plan::greetings(cast.tenants.len(), WATCHED, GREETINGS_PER_SECOND);
    let first = u32::try_from(greetings.len()).unwrap_or(u32::MAX);
    let greeted = cast.greet(&traffic, greetings).await;
    let (desks, watch) = cast.open_threads(&truths, &greeted).await?;
    let plan = plan_of(&cast, first);
    eprintln!("{} webhooks are planned", plan.len());
    let (lasts, started) = (plan.last().map_or(Duration::ZERO, |event| event.at), Instant::now());
    let (brought, replied) = tokio::join!(traffic.play(plan), cast.reply(&desks, &traffic.run, lasts));
    let took = started.elapsed();
    let messages = brought.iter().filter(|one| one.event.kind == Kind::Message && !one.event.repetition).count();
    let mut sent = greeted;
    for (tenant, sent) in sent.iter_mut().enumerate() {
        sent.extend(sent_to(tenant, &traffic.run, &brought));
    }
    eprintln!("waiting for the end");
    let counted = count(&cast, &truths, &sent, &replied).await?;
    #[expect(clippy::cast_precision_loss, reason = "a count of messages")]
    let messages_per_second = messages as f64 / took.as_secs_f64().max(1.0);
    let latencies = Latencies { run: &traffic.run, brought: &brought, watch: &watch };
    Ok(report(&cast, &latencies, counted, &replied, idle.close(), messages_per_second))
}

fn plan_of(cast: &Cast, first: u32) -> Vec<Event> {
    let Options { profile, seed, noisy_tenant, .. } = &cast.options;
    let tenants = cast.tenants.len();
    if *noisy_tenant {
        // All are watched: the fewer messages there are, the more each counts.
        plan::plan(&day::noisy(profile, tenants), WATCHED, first, *seed)
    } else {
        plan::plan(&day::busy(profile, tenants), CUSTOMERS, first, *seed)
    }
}

/// What the export says of it all.
struct Counted {
    customers: Tally,
    replies: Tally,
    by_status: BTreeMap<String, u32>,
}

async fn count(cast: &Cast, truths: &[Truth], sent: &[Sent], replied: &[Replied]) -> Result<Counted, Failed> {
    let deadline = Instant::now() + cast.patience();
    let mut counted = Counted { customers: Tally::default(), replies: Tally::default(), by_status: BTreeMap::new() };
    for (tenant, (truth, customers)) in truths.iter().zip(sent).enumerate() {
        let of = replied.iter().filter(|reply| reply.tenant == tenant);
        let replies: Sent = of.map(|reply| (reply.key.clone(), reply.answered)).collect();
        let all = customers.iter().chain(&replies).map(|(id, answered)| (id.clone(), *answered)).collect();
        let kept = truth.after(&all, deadline).await?;
        let (inbound, outbound): (Vec<&Kept>, Vec<&Kept>) = kept.iter().partition(|kept| kept.is_inbound());
        counted.customers += Tally::of(customers, inbound.iter().map(|kept| kept.sender_id()));
        counted.replies += Tally::of(&replies, outbound.iter().map(|kept| kept.sender_id()));
        for status in outbound.iter().filter_map(|kept| kept.delivery_status.clone()) {
            *counted.by_status.entry(status).or_default() += 1;
        }
    }
    Ok(counted)
}

fn report(
    cast: &Cast,
    latencies: &Latencies<'_>,
    counted: Counted,
    replied: &[Replied],
    idle: IdleReport,
    messages_per_second: f64,
) -> Report {
    let others = |stage| latencies.shown(|event| event.stage == stage && event.tenant > 0);
    let noise = cast.options.noisy_tenant.then(|| Noise::of(others(Stage::Quiet).0, others(Stage::Noisy).0));
    let answered = Percentiles::of(replied.iter().map(|reply| reply.answered_in));
    Report {
        profile: cast.options.profile.clone(),
        run: latencies.run.to_owned(),
        seed: cast.options.seed,
        tenants: cast.tenants.len(),
        idle,
        customers: counted.customers,
        replies: counted.replies,
        replied: RepliesReport { answered, by_status: counted.by_status },
        stages: latencies.stages(),
        messages_per_second,
        noise,
    }
}

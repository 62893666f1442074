//! One seed, from its first message to the last check.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use bootstrap::Invocation;
use bootstrap::batch::{handle_batch, handle_groups};
use bootstrap::stream::handle_stream;
use queue::Outbound;

use crate::agent::Agents;
use crate::aws::dynamodb::{Change, SHARDS};
use crate::aws::sqs::{DEAD, INBOUND, OUTBOUND};
use crate::bugs::Bug;
use crate::chance::Chance;
use crate::check::{self, Violation};
use crate::functions::Functions;
use crate::host::Pool;
use crate::mapping::{self, Progress, QueueFunction, Reader, StreamFunction};
use crate::meta::Meta;
use crate::seam::{Coverage, Fault, Service};
use crate::stage;
use crate::time::Scheduler;
use crate::workload::Workload;
use crate::world::World;

/// What is played.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    /// What customers and agents do, altogether.
    pub actions: usize,
    pub bug: Option<Bug>,
}

/// What a run came to.
pub struct Outcome {
    pub violations: Vec<Violation>,
    /// The same for the same plan.
    pub digest: u64,
    pub calls: u64,
    pub invocations: u64,
    /// How long it took in its own time.
    pub virtual_time: Duration,
    pub coverage: Coverage,
    /// The last steps, a line each.
    pub last: String,
}

/// Once nothing goes wrong any more, all must have come to rest within so long.
const REST: Duration = Duration::from_mins(30);

/// Plays one seed. `http` builds requests, and sends none.
pub fn run(plan: Plan, http: &reqwest::Client) -> Outcome {
    fastrand::seed(plan.seed); // The SDK's jitter.
    let chance = Chance::of(plan.seed);
    let world = World::new(&chance, plan.bug);
    let scheduler = Scheduler::new(world.time.clone(), Chance::of(chance.seed()));
    let functions = Functions::of(&world, http.clone());
    let started = world.time.micros();
    let main = play(plan, world.clone(), scheduler.clone(), functions);
    let played = catch_unwind(AssertUnwindSafe(|| scheduler.run(main)));
    let violations = match played {
        Ok(Some(violations)) => violations,
        Ok(None) => vec![Violation::of("I-5", "nobody was left to go on")],
        Err(_) => vec![Violation::of("I-0", "a panic outside of any invocation")],
    };
    let trace = world.trace();
    Outcome {
        violations,
        digest: trace.digest(),
        calls: trace.calls,
        invocations: trace.invocations,
        virtual_time: Duration::from_micros(world.time.micros() - started),
        coverage: world.faults.coverage(),
        last: trace.last(),
    }
}

async fn play(plan: Plan, world: World, scheduler: Scheduler, functions: Functions) -> Vec<Violation> {
    let auditor = Rc::new(functions.auditor());
    let houses = Rc::new(stage::set(&world, &auditor).await);
    let progress = serve(&world, &scheduler, &functions);
    let webhook = functions.clone();
    let webhook = Pool::new(&world, "webhook", Duration::from_secs(10), move || webhook.webhook());
    let meta = Meta::new(&world, &scheduler, webhook);
    scheduler.spawn(meta.clone().tell_of_sends());
    let api = functions.clone();
    let agents = Agents::new(&world, Pool::new(&world, "api", Duration::from_secs(15), move || api.api()));
    let workload = Workload::new(&world, &scheduler, &meta, agents, Rc::clone(&houses), Rc::clone(&auditor));
    workload.play(plan.actions).await;
    world.faults.heal();
    world.trace().note(world.time.micros(), "healed".to_owned());
    let is_quiet = |world: &World| {
        let clouds = world.clouds();
        let still = clouds.queues.depth() == 0 && !clouds.bucket.holds_work();
        drop(clouds);
        still && meta.is_quiet() && workload.is_quiet() && progress.iter().all(|p| p.is_done(world))
    };
    let until = world.time.micros() + REST.as_micros() as u64;
    let mut quiet_for = 0;
    // Quiet is quiet for longer than a lease, a backoff and the minute after which `sweep` looks again.
    while quiet_for < 15 && world.time.micros() < until {
        world.time.sleep(Duration::from_secs(20)).await;
        quiet_for = if is_quiet(&world) && check::nothing_waits(&world) { quiet_for + 1 } else { 0 };
        if quiet_for > 0 && check::nothing_is_due(&world) {
            break;
        }
    }
    let record = workload.record();
    check::all(&world, &auditor, &houses, &record).await
}

/// Starts the mappings and the schedule; returns how far the stream's readers have come.
fn serve(world: &World, scheduler: &Scheduler, functions: &Functions) -> Vec<Progress> {
    let spawn_queue = |name, batch, function| {
        scheduler.spawn(mapping::queue(world.clone(), scheduler.clone(), name, batch, function));
    };
    spawn_queue(INBOUND, 10, ingest(world, functions));
    spawn_queue(OUTBOUND, 1, deliver(world, functions));
    let quarantine = quarantine(world, functions);
    for (_, dead) in DEAD {
        spawn_queue(dead, 10, Rc::clone(&quarantine));
    }
    scheduler.spawn(sweep(world.clone(), functions.clone()));
    let readers = [(relay_wants as fn(&Change) -> bool, relay(world, functions)), (push_wants, push(world, functions))];
    let readers = readers.map(|(wants, function)| Reader { wants, function, progress: Progress::default() });
    for reader in &readers {
        for shard in 0..SHARDS {
            scheduler.spawn(mapping::shard(world.clone(), reader.clone(), shard));
        }
    }
    readers.map(|reader| reader.progress).to_vec()
}

fn invocation(deadline: i64) -> Invocation {
    Invocation { request_id: "simulated".to_owned(), deadline }
}

fn ingest(world: &World, functions: &Functions) -> QueueFunction {
    let functions = functions.clone();
    let pool = Pool::new(world, "ingest", Duration::from_secs(10), move || functions.ingest());
    Rc::new(move |event| {
        let pool = Rc::clone(&pool);
        let invocation = invocation(pool.deadline());
        Box::pin(async move {
            let work = |process: Rc<(ingest::App<_>, bootstrap::Queue)>| async move {
                let (app, queue) = &*process;
                let handle = |records: Vec<bootstrap::SqsRecord>, _| async move {
                    let texts: Vec<String> = records.into_iter().map(|record| record.body).collect();
                    match app.ingest(&texts).await {
                        Ok(_) => (texts.len(), Ok(())),
                        Err(error) => (0, Err(bootstrap::Retry::from(error))),
                    }
                };
                handle_groups(queue, event, &invocation, &handle).await
            };
            pool.invoke(work).await
        })
    })
}

fn deliver(world: &World, functions: &Functions) -> QueueFunction {
    let functions = functions.clone();
    let pool = Pool::new(world, "deliver", Duration::from_secs(15), move || functions.deliver());
    Rc::new(move |event| {
        let pool = Rc::clone(&pool);
        let invocation = invocation(pool.deadline());
        Box::pin(async move {
            let work = |process: Rc<(deliver::App<_>, bootstrap::Queue)>| async move {
                let (app, queue) = &*process;
                let handle = |record: bootstrap::SqsRecord| async move {
                    match serde_json::from_str::<Outbound>(&record.body) {
                        Ok(Outbound::Wake(wake)) => Ok(app.deliver(&wake).await?),
                        Ok(Outbound::Signal(signal)) => {
                            app.signal(&signal).await;
                            Ok(())
                        }
                        Err(_) => Err(bootstrap::Retry::because("the record is neither a wake nor a signal")),
                    }
                };
                handle_batch(queue, event, &invocation, &handle).await
            };
            pool.invoke(work).await
        })
    })
}

fn quarantine(world: &World, functions: &Functions) -> QueueFunction {
    let (functions, clock) = (functions.clone(), functions.clock());
    let pool = Pool::new(world, "quarantine", Duration::from_secs(30), move || functions.quarantine());
    Rc::new(move |event| {
        let pool = Rc::clone(&pool);
        let (invocation, queue) =
            (invocation(pool.deadline()), bootstrap::Queue::new(clock.clone(), Duration::from_secs(3)));
        Box::pin(async move {
            let work = |app: Rc<quarantine::App>| async move {
                handle_batch(&queue, event, &invocation, &|record| app.take(record)).await
            };
            pool.invoke(work).await
        })
    })
}

fn relay(world: &World, functions: &Functions) -> StreamFunction {
    let (functions, clock) = (functions.clone(), functions.clock());
    let pool = Pool::new(world, "relay", Duration::from_secs(15), move || functions.relay());
    Rc::new(move |event| {
        let (pool, clock) = (Rc::clone(&pool), clock.clone());
        let invocation = invocation(pool.deadline());
        Box::pin(async move {
            let work = |app: Rc<relay::App>| async move {
                handle_stream(&clock, event, &invocation, &|records, _| app.relay(records)).await
            };
            pool.invoke(work).await
        })
    })
}

fn push(world: &World, functions: &Functions) -> StreamFunction {
    let (functions, clock) = (functions.clone(), functions.clock());
    let pool = Pool::new(world, "push", Duration::from_secs(30), move || functions.push());
    Rc::new(move |event| {
        let (pool, clock) = (Rc::clone(&pool), clock.clone());
        let invocation = invocation(pool.deadline());
        Box::pin(async move {
            let work = |app: Rc<push::App>| async move {
                handle_stream(&clock, event, &invocation, &|records, budget| app.push(records, budget)).await
            };
            pool.invoke(work).await
        })
    })
}

async fn sweep(world: World, functions: Functions) {
    let pool = Pool::new(&world, "sweep", Duration::from_secs(50), move || functions.sweep());
    loop {
        world.time.sleep(Duration::from_secs(60)).await;
        let deadline = pool.deadline();
        let swept = pool.invoke(|app| async move { app.sweep(deadline).await.is_ok() }).await;
        if swept != Ok(true) {
            world.trace().note(world.time.micros(), "a tick of sweep failed".to_owned());
        }
    }
}

/// As the template's filter for `relay`.
fn relay_wants(change: &Change) -> bool {
    let Some(new) = &change.new else { return false };
    let has = |name: &str, kind: &str| new.get(name).is_some_and(|v| v.get(kind).is_some());
    (change.sort_key() == "H" && has("out", "S")) || (change.sort_key().starts_with("M#") && has("fp", "N"))
}

/// As the template's filter for `push`.
fn push_wants(change: &Change) -> bool {
    let account = change.new.as_ref().is_some_and(|new| new.get("credential").is_some_and(|v| v.get("N").is_some()));
    change.sort_key() == "H" || change.sort_key().starts_with("M#") || account
}

/// The coverage of several runs together.
pub fn together(all: &mut Coverage, one: Coverage) {
    for (key, count) in one {
        *all.entry(key).or_default() += count;
    }
}

/// A name for what a run found, to be counted by.
pub fn by_invariant(violations: &[Violation]) -> BTreeMap<&'static str, usize> {
    violations.iter().fold(BTreeMap::new(), |mut all, violation| {
        *all.entry(violation.invariant).or_default() += 1;
        all
    })
}

/// What builds requests of the channel, and sends none.
pub fn http() -> reqwest::Client {
    bootstrap::http::channels(&bootstrap::Settings::of([]), Duration::from_secs(8)).expect("no setting is needed")
}

/// What a failing seed prints: what does not hold, the last steps, and how to see it again.
pub fn report(seed: u64, actions: usize, outcome: &Outcome) -> String {
    let violations: String = outcome.violations.iter().map(|violation| format!("  {violation}\n")).collect();
    format!(
        "seed {seed} of {actions} actions violates\n{violations}its last steps\n{}again: SEED={seed} ACTIONS={actions} \
         cargo test -p house -p simulation --test simulation seeds\n",
        outcome.last
    )
}

/// Calls that were made twenty times and more, and faults that might have befallen them and never did.
pub fn never_struck(coverage: &Coverage) -> Vec<(String, Service, String, Fault)> {
    let mut calls: BTreeMap<(String, Service, String), u64> = BTreeMap::new();
    for ((caller, service, action, _), count) in coverage {
        *calls.entry((caller.clone(), *service, action.clone())).or_default() += count;
    }
    let often = calls.into_iter().filter(|((_, _, action), count)| *count >= OFTEN && action != "invocation");
    let pairs = often.flat_map(|((caller, service, action), _)| {
        let faults = Fault::ALL.into_iter().filter(|fault| *fault != Fault::Crash);
        let possible = faults.filter(|fault| fault.befalls(service, &action)).collect::<Vec<_>>();
        possible.into_iter().map(move |fault| (caller.clone(), service, action.clone(), fault))
    });
    pairs.filter(|(c, s, a, f)| !coverage.contains_key(&(c.clone(), *s, a.clone(), Some(*f)))).collect()
}

/// A call that was made so often must have met every fault: one in a hundred strikes.
const OFTEN: u64 = 2_000;

/// How long this takes by the machine's clock: the one place that asks it, for a figure and not for a decision.
pub fn timed(work: impl FnOnce()) -> Duration {
    let started = std::time::Instant::now();
    work();
    started.elapsed()
}

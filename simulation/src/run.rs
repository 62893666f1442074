//! One seed, from its first message to the last check.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use crate::agent::Agents;
use crate::bugs::Bug;
use crate::chance::Chance;
use crate::check::{self, Violation};
use crate::functions::Functions;
use crate::host::Pool;
use crate::meta::Meta;
use crate::seam::Coverage;
use crate::serve::serve;
use crate::stage;
use crate::time::Scheduler;
use crate::workload::Workload;
use crate::world::{INDEX_LAG, World};

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
    /// Lines of the trace: see `Trace`.
    pub steps: u64,
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
        steps: trace.steps,
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
    // The last write may have been a moment ago, and the lists trail it.
    world.time.sleep(INDEX_LAG).await;
    let record = workload.record();
    check::all(&world, &auditor, &houses, &record).await
}

/// What builds requests of the channel, and sends none.
pub fn http() -> reqwest::Client {
    bootstrap::http::channels(&bootstrap::Settings::of([]), Duration::from_secs(8)).expect("no setting is needed")
}

/// How long this takes by the machine's clock: the one place that asks it, for a figure and not for a decision.
pub fn timed(work: impl FnOnce()) -> Duration {
    let started = std::time::Instant::now();
    work();
    started.elapsed()
}

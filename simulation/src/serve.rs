//! Who serves what: the mappings of the template, and the schedule, with the functions behind them.

use std::rc::Rc;
use std::time::Duration;

use bootstrap::Invocation;
use bootstrap::batch::{handle_batch, handle_groups};
use bootstrap::stream::handle_stream;
use queue::Outbound;

use crate::aws::dynamodb::{Change, SHARDS};
use crate::aws::sqs::{DEAD, INBOUND, OUTBOUND};
use crate::functions::Functions;
use crate::host::Pool;
use crate::mapping::{self, Progress, QueueFunction, Reader, StreamFunction};
use crate::time::Scheduler;
use crate::world::World;

/// Starts the mappings and the schedule; returns how far the stream's readers have come.
pub fn serve(world: &World, scheduler: &Scheduler, functions: &Functions) -> Vec<Progress> {
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

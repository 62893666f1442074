//! A function as it runs: it finds or starts a worker for each invocation, and minds the time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Settings;
use super::invocation::{Failure, Invocation, RESPONSE_MAX_BYTES, request_id};
use super::pool::{Call, Pool, Worker};
use super::process::Spawner;
use super::runtime_api::Workers;
use crate::{clock, template};

/// The longest a function may take to begin:
/// [10 s](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
const INIT_MAX: Duration = Duration::from_secs(10);

/// What a function has done since the host started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Invocations that ended.
    pub invocations: u64,
    /// Those of them without an answer.
    pub errors: u64,
    /// The time they took, in microseconds.
    pub duration_us: u64,
    /// Invocations under way.
    pub in_flight: usize,
    /// Workers started.
    pub cold_starts: u64,
}

pub(super) struct Function {
    pub(super) name: String,
    pub(super) binary_name: String,
    pub(super) async_retries: u32,
    arn: String,
    timeout: Duration,
    idle: Duration,
    workers_max: usize,
    binary: PathBuf,
    environment: BTreeMap<String, String>,
    api: SocketAddr,
    spawner: Spawner,
    workers: Workers,
    pool: Arc<Pool>,
    done: AtomicU64,
    errors: AtomicU64,
    duration_us: AtomicU64,
    in_flight: AtomicUsize,
    starts: AtomicU64,
}

impl Function {
    pub(super) fn new(
        stated: &template::Function,
        binary: PathBuf,
        environment: BTreeMap<String, String>,
        api: SocketAddr,
        settings: &Settings,
        spawner: Spawner,
        workers: Workers,
    ) -> Self {
        Self {
            name: stated.name.clone(),
            binary_name: stated.binary.clone(),
            async_retries: stated.async_retries,
            arn: stated.arn.clone(),
            timeout: Duration::from_secs(stated.timeout_seconds),
            idle: settings.idle,
            workers_max: stated.reserved.unwrap_or(usize::MAX).clamp(1, settings.workers_max),
            binary,
            environment,
            api,
            spawner,
            workers,
            pool: Arc::default(),
            done: AtomicU64::default(),
            errors: AtomicU64::default(),
            duration_us: AtomicU64::default(),
            in_flight: AtomicUsize::default(),
            starts: AtomicU64::default(),
        }
    }

    /// As on Lambda, an invocation goes on when whoever asked for it has gone.
    pub(super) async fn invoke(self: &Arc<Self>, event: Bytes) -> Result<Bytes, Failure> {
        if event.len() > RESPONSE_MAX_BYTES {
            return Err(Failure::TooLarge(event.len()));
        }
        let function = Arc::clone(self);
        let invocation = tokio::spawn(async move { function.counted(event).await });
        invocation.await.unwrap_or_else(|_| Err(Failure::Exited("the host is ending".to_owned())))
    }

    async fn counted(self: &Arc<Self>, event: Bytes) -> Result<Bytes, Failure> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let began = Instant::now();
        let outcome = self.run(event).await;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.duration_us.fetch_add(began.elapsed().as_micros() as u64, Ordering::Relaxed);
        self.done.fetch_add(1, Ordering::Relaxed);
        if let Err(failure) = &outcome {
            self.errors.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(function = %self.binary_name, %failure, "an invocation failed");
        }
        outcome
    }

    async fn run(self: &Arc<Self>, event: Bytes) -> Result<Bytes, Failure> {
        let worker = self.worker().await?;
        let (answer, outcome) = oneshot::channel();
        let deadline = clock::now() + self.timeout;
        worker.hand(Invocation {
            request_id: request_id(),
            event,
            deadline_ms: deadline.as_millis() as u64,
            arn: self.arn.clone(),
            answer,
        });
        match tokio::time::timeout(self.timeout, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Failure::Exited("the worker was lost".to_owned())),
            Err(_) => {
                worker.kill();
                Err(Failure::TimedOut(self.timeout))
            }
        }
    }

    async fn worker(self: &Arc<Self>) -> Result<Arc<Worker>, Failure> {
        match self.pool.call(self.workers_max) {
            Call::Take(worker) => Ok(worker),
            Call::Wait { turn, start_another } => {
                if start_another {
                    self.start_worker();
                }
                // All workers may be busy for as long as an invocation takes, then one has to start.
                match tokio::time::timeout(self.timeout + INIT_MAX, turn).await {
                    Ok(Ok(worker)) => worker,
                    Ok(Err(_)) | Err(_) => Err(Failure::NotStarted("no worker became free in time".to_owned())),
                }
            }
        }
    }

    fn start_worker(self: &Arc<Self>) {
        let function = self.clone();
        tokio::spawn(async move {
            let worker = Worker::new(function.workers.number(), function.pool.clone());
            let mut environment = function.environment.clone();
            let api = format!("http://{}/w{}", function.api, worker.number);
            environment.insert("AWS_LAMBDA_RUNTIME_API".to_owned(), api);
            function.workers.add(&worker);
            match function.spawner.spawn(&function.binary, &environment).await {
                Ok(process) => {
                    function.starts.fetch_add(1, Ordering::Relaxed);
                    worker.born(process.pid());
                    function.pool.joined(&worker);
                    let how = process.outlive(&function.binary_name).await;
                    worker.ended(&how);
                }
                Err(fault) => function.pool.not_started(Failure::NotStarted(fault.to_string())),
            }
            function.workers.remove(worker.number);
            if function.pool.claims_another(function.workers_max) {
                function.start_worker();
            }
        });
    }

    /// Ends workers that have had nothing to do for long. Runs as long as the host.
    pub(super) async fn retire_idle(&self) {
        loop {
            tokio::time::sleep(self.idle / 2).await;
            self.pool.retired(self.idle).iter().for_each(|worker| worker.kill());
        }
    }

    pub(super) fn kill_workers(&self) {
        self.pool.workers().iter().for_each(|worker| worker.kill());
    }

    pub(super) fn figures(&self) -> Figures {
        Figures {
            invocations: self.done.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            duration_us: self.duration_us.load(Ordering::Relaxed),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            cold_starts: self.starts.load(Ordering::Relaxed),
        }
    }
}

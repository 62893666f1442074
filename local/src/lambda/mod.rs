//! Plays Lambda: runs the real function binaries on demand behind the Lambda Runtime API.

mod function;
mod invocation;
mod pool;
mod process;
mod runtime_api;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;

pub use function::Figures;
pub(crate) use invocation::request_id;
pub use invocation::{Failure, RESPONSE_MAX_BYTES};

use crate::emf::Emf;
use crate::template;
use function::Function;
use process::Spawner;

/// How the host keeps its workers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the functions' binaries are.
    pub bin_dir: PathBuf,
    /// The most workers of one function, however many the template would allow: a laptop is not a region.
    pub workers_max: usize,
    /// How long a worker may sit idle before it is stopped for good.
    pub idle: Duration,
}

/// The functions, each with its workers.
#[derive(Clone)]
pub struct Lambda {
    functions: Arc<BTreeMap<String, Arc<Function>>>,
    emf: Emf,
    tasks: Arc<Mutex<tokio::task::JoinSet<()>>>,
}

impl Lambda {
    /// Serves the Runtime API on `listener` and makes each function ready to run. `environments` are whole: nothing
    /// of the host's own environment reaches a function. A binary that is missing is told at once.
    pub fn start(
        listener: TcpListener,
        settings: &Settings,
        functions: &BTreeMap<String, template::Function>,
        environments: &BTreeMap<String, BTreeMap<String, String>>,
    ) -> std::io::Result<Self> {
        let address: SocketAddr = listener.local_addr()?;
        let emf = Emf::default();
        let spawner = Spawner::start(&settings.bin_dir, emf.clone())?;
        let workers = runtime_api::Workers::default();
        let mut running = BTreeMap::new();
        for (logical, stated) in functions {
            let binary = settings.bin_dir.join(&stated.binary);
            if !binary.is_file() {
                let reason = format!("{logical}: there is no binary {}", binary.display());
                return Err(std::io::Error::new(std::io::ErrorKind::NotFound, reason));
            }
            let environment = environments.get(logical).cloned().unwrap_or_default();
            let function =
                Function::new(stated, binary, environment, address, settings, spawner.clone(), workers.clone());
            running.insert(logical.clone(), Arc::new(function));
        }
        let mut tasks = tokio::task::JoinSet::new();
        let router = runtime_api::router(workers);
        tasks.spawn(async move {
            if let Err(fault) = axum::serve(crate::listen::no_delay(listener), router).await {
                tracing::error!(%fault, "the Lambda Runtime API stopped");
            }
        });
        for function in running.values() {
            let function = Arc::clone(function);
            tasks.spawn(async move { function.retire_idle().await });
        }
        Ok(Self { functions: Arc::new(running), emf, tasks: Arc::new(Mutex::new(tasks)) })
    }

    /// Invokes a function and waits for its answer.
    pub async fn invoke(&self, logical: &str, event: Bytes) -> Result<Bytes, Failure> {
        match self.functions.get(logical) {
            Some(function) => function.invoke(event).await,
            None => Err(Failure::Unknown(logical.to_owned())),
        }
    }

    /// Invokes a function that is known by its binary's name, and waits for its answer.
    pub async fn invoke_binary(&self, name: &str, event: Bytes) -> Result<Bytes, Failure> {
        match self.functions.values().find(|function| function.binary_name == name) {
            Some(function) => function.invoke(event).await,
            None => Err(Failure::Unknown(name.to_owned())),
        }
    }

    /// Invokes a function without waiting, as the scheduler does: a failure is repeated after 1 and 2 minutes
    /// (divided by `time_scale`), then given up with a log line.
    /// [Asynchronous invocation](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
    pub fn invoke_async(&self, logical: &str, event: Bytes, time_scale: u32) {
        let Some(function) = self.functions.get(logical).cloned() else { return };
        let task = async move {
            for attempt in 1.. {
                let Err(failure) = function.invoke(event.clone()).await else { return };
                if attempt > function.async_retries {
                    tracing::error!(function = %function.name, %failure, "an asynchronous invocation was given up");
                    return;
                }
                tokio::time::sleep(Duration::from_secs(60) * attempt / time_scale.max(1)).await;
            }
        };
        crate::listen::lock(&self.tasks).spawn(task);
    }

    /// What each function has done so far, by its binary's name.
    pub fn figures(&self) -> BTreeMap<String, Figures> {
        self.functions.values().map(|function| (function.binary_name.clone(), function.figures())).collect()
    }

    /// What the functions counted of their own work.
    pub fn emf(&self) -> &Emf {
        &self.emf
    }

    /// Kills every worker of a function in the midst of whatever it does, as a crash would.
    pub fn kill_workers(&self, logical: &str) {
        if let Some(function) = self.functions.get(logical) {
            function.kill_workers();
        }
    }

    /// Invocations under way, of all functions.
    pub fn in_flight(&self) -> usize {
        self.functions.values().map(|function| function.figures().in_flight).sum()
    }

    /// Ends every worker.
    pub fn stop(&self) {
        crate::listen::lock(&self.tasks).abort_all();
        self.functions.values().for_each(|function| function.kill_workers());
    }
}

//! What a system is started with.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;

use crate::aws::Data;
use crate::gateway::websocket::{IDLE, LIFE};
use crate::ports::Endpoints;
use crate::seed::SeedFile;

/// Adds routes to the gateway, once its address is known.
pub type MoreRoutes = Box<dyn FnOnce(&Endpoints) -> Router + Send>;

/// How a system is set up. The default is what tests want: in memory, on ports of its own.
pub struct Options {
    /// Where things are kept.
    pub data: Data,
    /// The gateway's address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The functions' binaries.
    pub bin_dir: PathBuf,
    /// The project's root: `infra/template.yaml` and `web/dist` lie below it.
    pub root: PathBuf,
    /// Template parameters that overrule defaults (`MetaGraphBaseUrl`…). Addresses are the host's to fill in.
    pub parameters: BTreeMap<String, String>,
    /// Variables that overrule those of functions that have them.
    pub environment: BTreeMap<String, String>,
    /// Divides schedules, windows and waits; functions get it too.
    pub time_scale: u32,
    /// How long a stream record waits before it is handed over: from, to.
    pub stream_delay: (Duration, Duration),
    /// Decides what is left to chance.
    pub chance: u64,
    /// The most workers of one function.
    pub workers_max: usize,
    /// How long a worker sits idle before it is ended.
    pub worker_idle: Duration,
    /// How long a silent socket lives.
    pub socket_idle: Duration,
    /// How long any socket lives.
    pub socket_life: Duration,
    /// Tenants, people and accounts that are created, if they are not there, before the doors open.
    pub install: SeedFile,
    /// Routes beside the gateway's own: the simulators.
    pub more_routes: Option<MoreRoutes>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: Data::Memory,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            bin_dir: bin_dir(),
            root: Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
            parameters: BTreeMap::new(),
            environment: BTreeMap::new(),
            time_scale: 1,
            stream_delay: (Duration::from_millis(2), Duration::from_millis(12)),
            chance: 1,
            workers_max: 8,
            worker_idle: Duration::from_secs(5 * 60),
            socket_idle: IDLE,
            socket_life: LIFE,
            install: SeedFile::default(),
            more_routes: None,
        }
    }
}

/// Cargo puts the functions beside the host; a test's own binary lies one folder deeper.
fn bin_dir() -> PathBuf {
    let here = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf)).unwrap_or_default();
    if here.ends_with("deps") { here.parent().map_or(here.clone(), Path::to_path_buf) } else { here }
}

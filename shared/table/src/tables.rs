//! The handles: one for a tenant's items, one for those that belong to no tenant.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{AsyncSleep, SharedAsyncSleep, SharedCredentialsProvider, SharedInterceptor};
use domain::{IdKey, TenantCtx, TenantId, time::TimeScale};

use crate::guard::Guard;
use crate::unrouted::INSTALL;
use crate::{Error, Global, Meter, Result, Tenant};

/// Gives credentials that carry the tenant as a session tag. `credential` caches them.
pub type TenantCredentials = Arc<dyn Fn(&TenantId) -> SharedCredentialsProvider + Send + Sync>;

pub struct TablesConfig {
    /// The table's name.
    pub truth: String,
    pub live: String,
    /// With the function's own role.
    pub client: Client,
    /// `None`: the function's own credentials for tenants' items too; the in-process guard is there all the same.
    pub tenant_credentials: Option<TenantCredentials>,
    /// Only where names of channels and clients are looked up.
    pub id_key: Option<IdKey>,
    /// Divides the backoffs and delays.
    pub scale: TimeScale,
    /// Seeds the jitter.
    pub seed: u64,
    pub meter: Option<Meter>,
}

pub struct Tables {
    pub(crate) truth: String,
    pub(crate) live: String,
    pub(crate) scale: TimeScale,
    pub(crate) pause: Pause,
    id_key: Option<IdKey>,
    base: Client,
    global: Client,
    meter: Option<Meter>,
    tenant_credentials: Option<TenantCredentials>,
    clients: Mutex<HashMap<TenantId, Client>>,
}

/// At most this many tenants' clients are kept; a client is some kilobytes.
const CLIENTS: usize = 500;

impl Tables {
    pub fn new(conf: TablesConfig) -> Self {
        let global = guarded(&conf.client, Guard::of_global(), conf.meter.as_ref(), None);
        Self {
            truth: conf.truth,
            live: conf.live,
            scale: conf.scale,
            pause: Pause::new(conf.seed, conf.scale, conf.client.config().sleep_impl()),
            id_key: conf.id_key,
            base: conf.client,
            global,
            meter: conf.meter,
            tenant_credentials: conf.tenant_credentials,
            clients: Mutex::new(HashMap::new()),
        }
    }

    pub fn tenant(&self, ctx: &TenantCtx) -> Tenant<'_> {
        if ctx.id().as_str() == INSTALL {
            return self.install();
        }
        Tenant { tables: self, id: ctx.id().clone(), client: self.client_of(ctx.id()) }
    }

    /// What tells no tenant: the pseudo-tenant [`INSTALL`], with the function's own credentials.
    pub fn install(&self) -> Tenant<'_> {
        let id = TenantId::from_bytes([0; 10]);
        let mut clients = self.clients.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let make = || guarded(&self.base, Guard::of_tenant(&id), self.meter.as_ref(), None);
        let client = clients.entry(id.clone()).or_insert_with(make).clone();
        drop(clients);
        Tenant { tables: self, id, client }
    }

    pub fn global(&self) -> Global<'_> {
        Global { tables: self, client: self.global.clone() }
    }

    pub(crate) fn id_key(&self) -> Result<&IdKey> {
        self.id_key.as_ref().ok_or_else(|| Error::Denied("this function has no id key".to_owned()))
    }

    fn client_of(&self, tenant: &TenantId) -> Client {
        let make = || {
            let credentials = self.tenant_credentials.as_ref().map(|of| of(tenant));
            guarded(&self.base, Guard::of_tenant(tenant), self.meter.as_ref(), credentials)
        };
        let mut clients = self.clients.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if clients.len() >= CLIENTS && !clients.contains_key(tenant) {
            clients.clear();
        }
        clients.entry(tenant.clone()).or_insert_with(make).clone()
    }
}

fn guarded(
    base: &Client,
    guard: Guard,
    meter: Option<&Meter>,
    credentials: Option<SharedCredentialsProvider>,
) -> Client {
    let mut conf = base.config().to_builder();
    conf.push_interceptor(SharedInterceptor::new(guard));
    if let Some(meter) = meter {
        conf.push_interceptor(SharedInterceptor::new(meter.clone()));
    }
    if let Some(credentials) = credentials {
        conf.set_credentials_provider(Some(credentials));
    }
    Client::from_conf(conf.build())
}

/// Waits before another try: full jitter, doubling from 20 ms.
#[derive(Debug)]
pub(crate) struct Pause {
    state: AtomicU64,
    scale: TimeScale,
    /// What times the client's own tries; without it, tokio.
    timer: Option<SharedAsyncSleep>,
}

impl Pause {
    pub(crate) fn new(seed: u64, scale: TimeScale, timer: Option<SharedAsyncSleep>) -> Self {
        Self { state: AtomicU64::new(seed), scale, timer }
    }

    /// The first try waits for nothing.
    pub(crate) async fn before(&self, attempt: u32) {
        if attempt > 0 {
            let most = 20_000_u64 << attempt.min(6);
            let micros = self.next() % most;
            let wait = self.scale.of(Duration::from_micros(micros));
            match &self.timer {
                Some(timer) => timer.sleep(wait).await,
                None => tokio::time::sleep(wait).await,
            }
        }
    }

    /// SplitMix64: good enough to spread writers, and replayable by its seed.
    fn next(&self) -> u64 {
        let mut z = self.state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

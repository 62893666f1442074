//! The handles: one for a tenant's items, one for those that belong to no tenant.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use domain::{IdKey, TenantCtx, TenantId, time::TimeScale};

use crate::{Global, Meter, Tenant};

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
    pub(crate) conf: TablesConfig,
}

impl Tables {
    pub fn new(conf: TablesConfig) -> Self {
        Self { conf }
    }

    pub fn tenant(&self, ctx: &TenantCtx) -> Tenant<'_> {
        todo!()
    }

    pub fn global(&self) -> Global<'_> {
        todo!()
    }
}

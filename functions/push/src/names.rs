//! The names that rows show, cached: accounts and users are renamed once in a year.

use std::{collections::HashMap, sync::Arc, sync::Mutex, time::Duration};

use domain::{TenantCtx, TenantId, Timestamp};
use frame::resource::Names;
use table::{Row, Tables};

/// How long names are taken as they are.
const LIFE: Duration = Duration::from_mins(5);

/// Names that lack someone are read again, but not more often than this.
const AGAIN: Duration = Duration::from_secs(1);

/// At most this many tenants' names are kept.
const KEPT: usize = 500;

type Read = (Timestamp, Arc<Names>);

#[derive(Default)]
pub(crate) struct NamesCache(Mutex<HashMap<TenantId, Read>>);

impl NamesCache {
    /// The names that this row needs, as far as they can be read: a frame with an empty name is better than none.
    pub(crate) async fn covering(&self, tables: &Tables, ctx: &TenantCtx, row: &Row, now: Timestamp) -> Arc<Names> {
        let known = self.0.lock().ok().and_then(|cache| cache.get(ctx.id()).cloned());
        if let Some((read_at, names)) = &known {
            let life = if names.cover(row) { LIFE } else { AGAIN };
            if now.since(*read_at) < life {
                return Arc::clone(names);
            }
        }
        match self.read(tables, ctx, now).await {
            Ok(names) => names,
            Err(error) => {
                tracing::warn!(tenant_id = %ctx.id(), why = %error, "names cannot be read");
                known.map(|(_, names)| names).unwrap_or_default()
            }
        }
    }

    /// An account changed: its name may have.
    pub(crate) fn forget(&self, tenant: &TenantId) {
        if let Ok(mut cache) = self.0.lock() {
            cache.remove(tenant);
        }
    }

    async fn read(&self, tables: &Tables, ctx: &TenantCtx, now: Timestamp) -> table::Result<Arc<Names>> {
        let tenant = tables.tenant(ctx);
        let names = Arc::new(Names::new(&tenant.accounts().await?, &tenant.users().await?));
        if let Ok(mut cache) = self.0.lock() {
            if cache.len() >= KEPT && !cache.contains_key(ctx.id()) {
                cache.clear();
            }
            cache.insert(ctx.id().clone(), (now, Arc::clone(&names)));
        }
        Ok(names)
    }
}

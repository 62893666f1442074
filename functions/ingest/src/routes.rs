//! Which tenant and account an event is for: looked up once a minute, because every event asks.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use domain::{Account, AccountId, ChannelType, TenantCtx, Timestamp};
use table::{Result, Route, Tables};

/// A route never moves to another tenant and an account's name matters little: a minute-old copy does.
const FRESH: Duration = Duration::from_secs(60);

/// At most this many of each are kept.
const KEPT: usize = 2_000;

type Cache<K, V> = Mutex<HashMap<K, (V, Timestamp)>>;

/// What was found in the last minute. What was not found is never remembered: its connect may be under way.
#[derive(Default)]
pub struct Routes {
    routes: Cache<(ChannelType, String), Route>,
    accounts: Cache<AccountId, Account>,
}

impl Routes {
    pub async fn find(
        &self,
        tables: &Tables,
        channel: ChannelType,
        external: &str,
        now: Timestamp,
    ) -> Result<Option<Route>> {
        let key = (channel, external.to_owned());
        if let Some(known) = fresh(&self.routes, &key, now) {
            return Ok(Some(known));
        }
        let found = tables.global().route(channel, external).await?;
        Ok(found.inspect(|route| keep(&self.routes, key, route.clone(), now)))
    }

    pub async fn account(
        &self,
        tables: &Tables,
        ctx: &TenantCtx,
        id: &AccountId,
        now: Timestamp,
    ) -> Result<Option<Account>> {
        if let Some(known) = fresh(&self.accounts, id, now) {
            return Ok(Some(known));
        }
        let found = tables.tenant(ctx).account(id).await?;
        Ok(found.inspect(|account| keep(&self.accounts, id.clone(), account.clone(), now)))
    }
}

fn fresh<K: std::hash::Hash + Eq, V: Clone>(cache: &Cache<K, V>, key: &K, now: Timestamp) -> Option<V> {
    let cache = cache.lock().ok()?;
    cache.get(key).filter(|(_, at)| now.since(*at) < FRESH).map(|(value, _)| value.clone())
}

fn keep<K: std::hash::Hash + Eq, V>(cache: &Cache<K, V>, key: K, value: V, now: Timestamp) {
    if let Ok(mut cache) = cache.lock() {
        if cache.len() >= KEPT {
            cache.clear();
        }
        cache.insert(key, (value, now));
    }
}

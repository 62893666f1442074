//! Secrets Manager, read through a cache that lives for a minute, and for a quarter of an hour where it must.

use std::{collections::HashMap, sync::Arc, sync::Mutex, time::Duration};

use aws_sdk_secretsmanager::{Client, error::DisplayErrorContext};
use domain::Timestamp;
use serde::de::DeserializeOwned;

/// A cached secret is taken as current for this long: how long a rotation takes to reach everyone.
pub(crate) const FRESH: Duration = Duration::from_secs(60);

/// While Secrets Manager does not answer, a cached secret serves for this long.
const STALE: Duration = Duration::from_mins(15);

/// A caller who found the cached secret wanting has it read again, but not more often than this.
const REFETCH: Duration = Duration::from_secs(5);

/// Why a secret cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Worth another try.
    #[error("the secret store does not answer: {0}")]
    Unavailable(String),
    #[error("there is no such secret")]
    Missing,
    /// It is not the JSON that it should be. What it is, is not told.
    #[error("the secret is not of the expected form")]
    Unreadable,
}

/// Reads secrets by id. Callers share one.
pub struct Secrets {
    client: Client,
    cache: Mutex<HashMap<String, Cached>>,
}

#[derive(Clone)]
struct Cached {
    text: Arc<str>,
    read_at: Timestamp,
}

impl Secrets {
    pub fn new(client: Client) -> Self {
        Self { client, cache: Mutex::default() }
    }

    /// A secret's text, at most a minute old while Secrets Manager answers. The same `Arc` as before means: unchanged, what was
    /// parsed of it still holds.
    pub async fn text(&self, id: &str, now: Timestamp) -> Result<Arc<str>, SecretError> {
        self.read(&self.client, id, now, FRESH).await
    }

    /// As [`Secrets::text`], for a caller whom the cached one did not serve (a signature of a new key, a newer token).
    pub async fn refetched(&self, id: &str, now: Timestamp) -> Result<Arc<str>, SecretError> {
        self.read(&self.client, id, now, REFETCH).await
    }

    /// A secret that is JSON.
    pub async fn json<T: DeserializeOwned>(&self, id: &str, now: Timestamp) -> Result<T, SecretError> {
        serde_json::from_str(&self.text(id, now).await?).map_err(|_| SecretError::Unreadable)
    }

    /// `client` may carry other credentials than one's own.
    pub(crate) async fn read(
        &self,
        client: &Client,
        id: &str,
        now: Timestamp,
        fresh: Duration,
    ) -> Result<Arc<str>, SecretError> {
        let cached = self.cached(id);
        if let Some(known) = cached.as_ref().filter(|known| now.since(known.read_at) < fresh) {
            return Ok(Arc::clone(&known.text));
        }
        match (fetch(client, id).await, cached) {
            (Ok(text), known) => {
                let text = known.map(|k| k.text).filter(|k| **k == *text).unwrap_or_else(|| text.into());
                self.keep(id, Cached { text: Arc::clone(&text), read_at: now });
                Ok(text)
            }
            (Err(SecretError::Unavailable(why)), Some(known)) if now.since(known.read_at) < STALE => {
                tracing::warn!(why, "a cached secret serves while the store does not answer");
                Ok(known.text)
            }
            (Err(error), _) => Err(error),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn forget(&self, id: &str) {
        if let Ok(mut cache) = self.cache.lock() {
            cache.remove(id);
        }
    }

    fn cached(&self, id: &str) -> Option<Cached> {
        self.cache.lock().ok()?.get(id).cloned()
    }

    fn keep(&self, id: &str, value: Cached) {
        let Ok(mut cache) = self.cache.lock() else { return };
        if cache.len() >= CACHED && !cache.contains_key(id) {
            cache.clear();
        }
        cache.insert(id.to_owned(), value);
    }
}

/// At most this many secrets are cached: one a tenant, and the install's.
const CACHED: usize = 1_000;

/// Straight from Secrets Manager.
pub(crate) async fn fetch(client: &Client, id: &str) -> Result<String, SecretError> {
    match client.get_secret_value().secret_id(id).send().await {
        Ok(answer) => answer.secret_string.ok_or(SecretError::Unreadable),
        Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
            Err(SecretError::Missing)
        }
        Err(e) => Err(SecretError::Unavailable(DisplayErrorContext(&e).to_string())),
    }
}

/// `false`: it exists.
pub(crate) async fn create(client: &Client, id: &str, text: String) -> Result<bool, SecretError> {
    match client.create_secret().name(id).secret_string(text).send().await {
        Ok(_) => Ok(true),
        Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_exists_exception()) => Ok(false),
        Err(e) => Err(SecretError::Unavailable(DisplayErrorContext(&e).to_string())),
    }
}

pub(crate) async fn put(client: &Client, id: &str, text: String) -> Result<(), SecretError> {
    let put = client.put_secret_value().secret_id(id).secret_string(text).send().await;
    put.map(drop).map_err(|e| SecretError::Unavailable(DisplayErrorContext(&e).to_string()))
}

//! What the handlers share: the tables, the keys, the clock, and what was read a moment ago.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bootstrap::{Clock, Random};
use credential::{Secrets, TenantSecrets};
use domain::{TenantCtx, TenantId, Timestamp, UserId};
use frame::resource::Names;
use queue::Producer;
use table::{Row, Tables};

use crate::{
    access::{self, Session},
    auth::token::Scope,
    cache::Cache,
    channels::Graph,
    files::FileLinks,
    keys::Keys,
    meta::app::MetaAppSource,
    problem::Problem,
};

/// How long a sign-in, a role, a tenant's standing and the names beside ids may be old.
const REMEMBERED: Duration = Duration::from_secs(30);

/// What a function needs from outside.
pub struct Parts {
    pub tables: Tables,
    pub keys: KeySource,
    pub queues: Queues,
    pub tokens: TenantSecrets,
    pub graph: Graph,
    pub meta_app: MetaAppSource,
    pub links: FileLinks,
    pub clock: Clock,
    pub public_url: String,
    pub ws_url: String,
}

/// Where a replay goes.
pub struct Queues {
    pub inbound: Producer,
    pub outbound: Producer,
    pub media: Producer,
}

pub struct App {
    pub tables: Tables,
    pub keys: KeySource,
    pub queues: Queues,
    /// The accounts' access tokens.
    pub tokens: TenantSecrets,
    pub graph: Graph,
    /// The app that people log in to.
    pub meta_app: MetaAppSource,
    pub links: FileLinks,
    pub clock: Clock,
    pub random: Random,
    /// The origin of the app and the API, without a slash at its end.
    pub public_url: String,
    /// What sockets connect to.
    pub ws_url: String,
    pub sessions: Sessions,
    pub names: Cache<TenantId, Arc<Names>>,
}

/// Where the API's own keys come from.
pub enum KeySource {
    Fixed(Arc<Keys>),
    /// The secret of this id, at most a minute old; what was read of it last is kept ready.
    Secret {
        secrets: Secrets,
        id: String,
        prepared: Mutex<Option<(Arc<str>, Arc<Keys>)>>,
    },
}

impl KeySource {
    pub fn of_secret(secrets: Secrets, id: String) -> Self {
        Self::Secret { secrets, id, prepared: Mutex::default() }
    }
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self {
            tables: parts.tables,
            keys: parts.keys,
            queues: parts.queues,
            tokens: parts.tokens,
            graph: parts.graph,
            meta_app: parts.meta_app,
            links: parts.links,
            clock: parts.clock,
            random: Random::system(),
            public_url: parts.public_url.trim_end_matches('/').to_owned(),
            ws_url: parts.ws_url,
            sessions: Sessions::default(),
            names: Cache::new(1_000, REMEMBERED),
        }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }

    pub async fn keys(&self) -> Result<Arc<Keys>, Problem> {
        match &self.keys {
            KeySource::Fixed(keys) => Ok(keys.clone()),
            KeySource::Secret { secrets, id, prepared } => {
                let text = secrets.text(id, self.now()).await.map_err(|error| {
                    tracing::error!(%error, "the API's keys cannot be fetched");
                    Problem::busy()
                })?;
                prepare(prepared, text)
            }
        }
    }

    /// The names that these rows need: a new account or user is looked up, the others are remembered.
    pub async fn names_for(&self, ctx: &TenantCtx, rows: &[Row]) -> Result<Arc<Names>, Problem> {
        let now = self.now();
        if let Some(names) = self.names.get(ctx.id(), now).filter(|names| rows.iter().all(|row| names.cover(row))) {
            return Ok(names);
        }
        let tenant = self.tables.tenant(ctx);
        let names = Arc::new(Names::new(&tenant.accounts().await?, &tenant.users().await?));
        self.names.put(ctx.id().clone(), names.clone(), now);
        Ok(names)
    }
}

/// The same text as before means the same keys.
fn prepare(prepared: &Mutex<Option<(Arc<str>, Arc<Keys>)>>, text: Arc<str>) -> Result<Arc<Keys>, Problem> {
    let mut prepared = prepared.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, keys)) = prepared.as_ref()
        && Arc::ptr_eq(known, &text)
    {
        return Ok(keys.clone());
    }
    let keys = Keys::parse(&text).map(Arc::new).map_err(|error| {
        tracing::error!(%error, "the API's keys cannot be read");
        Problem::internal()
    })?;
    *prepared = Some((text, keys.clone()));
    Ok(keys)
}

/// The sign-ins that were seen a moment ago.
pub struct Sessions(Cache<String, Session>);

impl Default for Sessions {
    fn default() -> Self {
        Self(Cache::new(10_000, REMEMBERED))
    }
}

impl Sessions {
    pub async fn get_or_load(
        &self,
        app: &App,
        id: &str,
        user: &UserId,
        scope: &Scope,
    ) -> Result<Option<Session>, Problem> {
        let now = app.now();
        if let Some(known) = self.0.get(&id.to_owned(), now) {
            return Ok(Some(known));
        }
        let loaded = access::load(app, id, user, scope).await?;
        if let Some(session) = &loaded {
            self.0.put(id.to_owned(), session.clone(), now);
        }
        Ok(loaded)
    }

    pub fn forget(&self, id: &str) {
        self.0.forget(&id.to_owned());
    }
}

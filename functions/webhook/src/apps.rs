//! The apps in force, with their secrets: read from one secret, kept parsed while it does not change.

use std::sync::{Arc, Mutex, PoisonError};

use channel::Signer;
use channel_meta::App;
use credential::Secrets;
use domain::{TenantId, Timestamp};
use serde::Deserialize;

/// Where the apps' secrets are.
pub enum Source {
    /// The secret of this id, JSON as [`Kept`].
    Secret { secrets: Secrets, id: String },
    /// One app of the install, known from the start: how a benchmark or a try-out runs the function.
    Fixed(Arc<[App]>),
}

pub struct Apps {
    source: Source,
    parsed: Mutex<Option<Parsed>>,
}

/// What a text of the secret came to.
struct Parsed {
    of: Arc<str>,
    apps: Arc<[App]>,
}

/// The secrets cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("the apps' secrets cannot be read: {0}")]
pub(crate) struct Unavailable(String);

#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    apps: Vec<KeptApp>,
}

#[derive(Deserialize)]
struct KeptApp {
    app_id: String,
    app_secrets: Vec<String>,
    verify_token: Option<String>,
    tenant_id: Option<TenantId>,
}

impl Apps {
    pub fn new(source: Source) -> Self {
        Self { source, parsed: Mutex::new(None) }
    }

    /// Of one app of the install, by its secret alone.
    pub fn fixed(app_secret: &str) -> Result<Self, channel_meta::signature::EmptySecret> {
        let signer = Signer { app_id: "fixed".to_owned(), tenant: None };
        let app = App::new(signer, &[app_secret.to_owned()], None)?;
        Ok(Self::new(Source::Fixed(Arc::from([app]))))
    }

    /// As they were at most a minute ago.
    pub(crate) async fn current(&self, now: Timestamp) -> Result<Arc<[App]>, Unavailable> {
        match &self.source {
            Source::Fixed(apps) => Ok(Arc::clone(apps)),
            Source::Secret { secrets, id } => self.parse(secrets.text(id, now).await),
        }
    }

    /// As they are now, unless that was asked a few seconds ago.
    pub(crate) async fn again(&self, now: Timestamp) -> Result<Arc<[App]>, Unavailable> {
        match &self.source {
            Source::Fixed(apps) => Ok(Arc::clone(apps)),
            Source::Secret { secrets, id } => self.parse(secrets.refetched(id, now).await),
        }
    }

    fn parse(&self, text: Result<Arc<str>, credential::SecretError>) -> Result<Arc<[App]>, Unavailable> {
        let text = text.map_err(|e| Unavailable(e.to_string()))?;
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = parsed.as_ref().filter(|known| Arc::ptr_eq(&known.of, &text)) {
            return Ok(Arc::clone(&known.apps));
        }
        let kept: Kept =
            serde_json::from_str(&text).map_err(|_| Unavailable("it is not of the expected form".to_owned()))?;
        let app = |kept: KeptApp| {
            let signer = Signer { app_id: kept.app_id, tenant: kept.tenant_id };
            App::new(signer, &kept.app_secrets, kept.verify_token).map_err(|e| Unavailable(e.to_string()))
        };
        let apps: Arc<[App]> = kept.apps.into_iter().map(app).collect::<Result<_, _>>()?;
        *parsed = Some(Parsed { of: text, apps: Arc::clone(&apps) });
        Ok(apps)
    }
}

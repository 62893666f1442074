//! Credentials that carry a tenant: the role that every tenant's items need, assumed with the tenant as a session tag.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use aws_sdk_sts::{Client, error::DisplayErrorContext, types::Tag};
use domain::{TenantId, Timestamp};

/// The shortest session that STS gives, in seconds.
/// [Limit](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
const SESSION_SECONDS: i32 = 900;

/// A session is renewed this long before its end; while STS does not answer, the old one serves on.
const RENEW_BEFORE: Duration = Duration::from_mins(3);

/// At most this many tenants' sessions are kept.
const KEPT: usize = 500;

/// Tells the time; see `bootstrap::Clock`.
type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Gives each tenant's credentials, cached until shortly before they expire.
pub struct TenantCredentials {
    sts: Client,
    role_arn: String,
    now: Now,
    providers: Mutex<HashMap<TenantId, SharedCredentialsProvider>>,
}

impl TenantCredentials {
    /// `role_arn` is `TENANT_ROLE_ARN`.
    pub fn new(sts: Client, role_arn: String, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { sts, role_arn, now: Arc::new(now), providers: Mutex::default() }
    }

    pub fn of(&self, tenant: &TenantId) -> SharedCredentialsProvider {
        let make = || {
            SharedCredentialsProvider::new(OfTenant {
                sts: self.sts.clone(),
                role_arn: self.role_arn.clone(),
                tenant: tenant.clone(),
                now: Arc::clone(&self.now),
                session: tokio::sync::Mutex::default(),
            })
        };
        let Ok(mut providers) = self.providers.lock() else { return make() };
        if providers.len() >= KEPT && !providers.contains_key(tenant) {
            providers.clear();
        }
        providers.entry(tenant.clone()).or_insert_with(make).clone()
    }
}

struct OfTenant {
    sts: Client,
    role_arn: String,
    tenant: TenantId,
    now: Now,
    session: tokio::sync::Mutex<Option<Credentials>>,
}

impl OfTenant {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        // Held over the call: one renewal serves everyone who waits.
        let mut session = self.session.lock().await;
        if let Some(known) = session.as_ref().filter(|known| self.lasts(known, RENEW_BEFORE)) {
            return Ok(known.clone());
        }
        match self.assume().await {
            Ok(fresh) => Ok(session.insert(fresh).clone()),
            Err(error) => session.clone().filter(|known| self.lasts(known, Duration::from_secs(5))).ok_or(error),
        }
    }

    fn lasts(&self, credentials: &Credentials, at_least: Duration) -> bool {
        let millis = u64::try_from((self.now)().millis()).unwrap_or(0);
        let then = SystemTime::UNIX_EPOCH + Duration::from_millis(millis) + at_least;
        credentials.expiry().is_none_or(|expiry| expiry > then)
    }

    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        let tag = Tag::builder().key("tenant").value(self.tenant.as_str()).build();
        let answer = self
            .sts
            .assume_role()
            .role_arn(&self.role_arn)
            .role_session_name(self.tenant.as_str())
            .duration_seconds(SESSION_SECONDS)
            .tags(tag.map_err(CredentialsError::unhandled)?)
            .send()
            .await
            .map_err(|e| CredentialsError::provider_error(DisplayErrorContext(&e).to_string()))?;
        let given = answer.credentials.ok_or_else(|| CredentialsError::provider_error("STS gave no credentials"))?;
        let expiry = SystemTime::try_from(given.expiration).map_err(CredentialsError::unhandled)?;
        Ok(Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            Some(expiry),
            "tenant",
        ))
    }
}

impl ProvideCredentials for OfTenant {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

impl fmt::Debug for OfTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfTenant({})", self.tenant)
    }
}

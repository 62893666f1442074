//! The install's own Meta app, as the operator wrote it into its secret: what `api` alone needs of it.

use channel_meta::MetaApp;
use channel_whatsapp::onboarding::Override;
use credential::{SecretError, Secrets};
use domain::Timestamp;
use serde::Deserialize;

use crate::problem::Problem;

/// Where the app's secret is.
pub struct MetaAppSource {
    secrets: Secrets,
    id: String,
}

/// What the secret holds; `{}` where people do not log in by Meta.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    app_id: String,
    /// The current secret, then the one before.
    #[serde(default)]
    app_secrets: Vec<String>,
    #[serde(default)]
    webhook_override: Option<Override>,
}

/// The app, with all its secrets in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallApp {
    /// With the current secret.
    pub app: MetaApp,
    pub app_secrets: Vec<String>,
    pub webhook_override: Option<Override>,
}

impl MetaAppSource {
    /// `id` is `META_APP_SECRET_ID`.
    pub fn new(secrets: Secrets, id: String) -> Self {
        Self { secrets, id }
    }

    /// As it was at most a minute ago; `None`: the install has none.
    pub async fn current(&self, now: Timestamp) -> Result<Option<InstallApp>, Problem> {
        match self.secrets.json::<Kept>(&self.id, now).await {
            Ok(kept) => Ok(whole(kept)),
            Err(SecretError::Missing) => Ok(None),
            Err(error) => {
                tracing::error!(%error, "the Meta app's secret");
                Err(crate::channels::connect::secret_problem(&error))
            }
        }
    }
}

fn whole(kept: Kept) -> Option<InstallApp> {
    let app_secrets: Vec<String> = kept.app_secrets.into_iter().filter(|secret| !secret.is_empty()).collect();
    let app_secret = app_secrets.first().cloned()?;
    let is_id = !kept.app_id.is_empty() && kept.app_id.bytes().all(|b| b.is_ascii_digit());
    let app = MetaApp { app_id: kept.app_id, app_secret };
    is_id.then_some(InstallApp { app, app_secrets, webhook_override: kept.webhook_override })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_there_only_with_its_id_and_a_secret() {
        let read = |text: &str| whole(serde_json::from_str(text).unwrap());
        for text in [
            "{}",
            r#"{"app_id": "1001"}"#,
            r#"{"app_id": "1001", "app_secrets": [""]}"#,
            r#"{"app_id": "../me", "app_secrets": ["s"]}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let app = MetaApp { app_id: "1001".to_owned(), app_secret: "new".to_owned() };
        let app_secrets = vec!["new".to_owned(), "old".to_owned()];
        let expected = InstallApp { app, app_secrets, webhook_override: None };
        assert_eq!(read(r#"{"app_id": "1001", "app_secrets": ["new", "old"]}"#), Some(expected));
    }
}

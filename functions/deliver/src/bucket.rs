//! The tenants' files: each is read by a link that its tenant's own session signs, and passes through piece by piece.

use std::sync::Arc;

use aws_credential_types::provider::ProvideCredentials;
use blob::{Files, Key, Links};
use channel::NotSent;
use channel_meta::FileBody;
use credential::TenantCredentials;
use domain::{Failure, TenantId, Timestamp, UploadId};
use reqwest::{Client, StatusCode};

pub struct Bucket {
    pub client: Client,
    pub files: Files,
    pub tenants: Arc<TenantCredentials>,
}

impl Bucket {
    /// The file as it comes. What cannot be read for now is no reason to give up a send.
    pub async fn open(&self, tenant: &TenantId, upload: &UploadId, now: Timestamp) -> Result<FileBody, NotSent> {
        let session = self.tenants.of(tenant).provide_credentials().await.map_err(|error| later(&error))?;
        let link = Links::new(&self.files, session, now).plain(&Key::upload(tenant, upload));
        let link = link.map_err(|error| later(&error))?;
        let answer = self.client.get(link).timeout(channel_meta::upload::WITHIN).send().await;
        let answer = answer.map_err(|error| later(&error.without_url()))?;
        match answer.status() {
            StatusCode::OK => Ok(FileBody::of(answer)),
            // The API saw it there, so it was deleted since; the bucket says 403 of what is not there.
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Err(NotSent::Retry {
                after: None,
                at_most: Some(TRIES),
                why: failure("file_missing", "The file is not there any more"),
            }),
            status => Err(later(&format!("the bucket answered {status}"))),
        }
    }
}

/// How often a file that is not there is looked for: a refusal may also be of a session that was about to end.
const TRIES: u32 = 3;

fn later(error: &dyn std::fmt::Display) -> NotSent {
    tracing::warn!(%error, "a file cannot be read");
    NotSent::Retry {
        after: None,
        at_most: None,
        why: failure("file_unreadable", "The file could not be read just now"),
    }
}

fn failure(code: &str, title: &str) -> Failure {
    Failure { code: code.to_owned(), title: title.to_owned(), channel_code: None }
}

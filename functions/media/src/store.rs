//! The bucket, as the tenant whose file it is.

use std::sync::Arc;

use blob::{BlobError, Blobs, Key, content};
use credential::TenantCredentials;
use domain::{TenantId, body::Attachment};

use crate::thumbnail;

pub struct Bucket {
    pub s3: aws_sdk_s3::Client,
    pub name: String,
    pub tenants: Arc<TenantCredentials>,
}

impl Bucket {
    /// The thumbnail first: a message that says it has one must have it.
    pub(crate) async fn put(
        &self,
        tenant: &TenantId,
        file: &Attachment,
        body: Vec<u8>,
        thumbnail: Option<Vec<u8>>,
    ) -> Result<(), BlobError> {
        let conf = self.s3.config().to_builder().credentials_provider(self.tenants.of(tenant)).build();
        let blobs = Blobs::new(aws_sdk_s3::Client::from_conf(conf), self.name.clone());
        let sha256 = file.sha256.as_deref().unwrap_or_default();
        if let Some(jpeg) = thumbnail {
            blobs.put_file(&Key::thumbnail(tenant, sha256), jpeg, thumbnail::TYPE).await?;
        }
        // Stored as what nothing runs; what is safe is shown as what it is by its link.
        blobs.put_file(&Key::media(tenant, sha256), body, content::UNKNOWN).await
    }
}

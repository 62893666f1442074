//! Puts, gets, lists and deletes objects.

use aws_sdk_s3::{Client, error::DisplayErrorContext, primitives::ByteStream, types::Object};
use domain::Timestamp;

use crate::key::{GIVEN_UP, Key, SPILL};

/// Why an object cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Worth another try.
    #[error("the bucket does not answer: {0}")]
    Unavailable(String),
    /// It has expired, or was never put.
    #[error("there is no such object")]
    Missing,
}

/// An object that waits for someone to take it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub key: Key,
    /// When it was put there.
    pub at: Timestamp,
}

/// One bucket.
#[derive(Clone)]
pub struct Blobs {
    client: Client,
    bucket: String,
}

impl Blobs {
    /// `client` carries the function's own role; for keys of a tenant, the tenant's credentials.
    pub fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }

    pub async fn put(&self, key: &Key, body: Vec<u8>) -> Result<(), BlobError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key.as_str()).body(ByteStream::from(body));
        put.send().await.map(drop).map_err(|e| unavailable(&e))
    }

    /// Puts a file that browsers will load: it says itself what it is.
    pub async fn put_file(&self, key: &Key, body: Vec<u8>, content_type: &str) -> Result<(), BlobError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key.as_str()).body(ByteStream::from(body));
        put.content_type(content_type).send().await.map(drop).map_err(|e| unavailable(&e))
    }

    pub async fn get(&self, key: &Key) -> Result<Vec<u8>, BlobError> {
        let got = self.client.get_object().bucket(&self.bucket).key(key.as_str()).send().await;
        let body = got.map_err(|e| match e.as_service_error() {
            Some(error) if error.is_no_such_key() => BlobError::Missing,
            Some(_) | None => unavailable(&e),
        })?;
        Ok(body.body.collect().await.map_err(|e| unavailable(&e))?.to_vec())
    }

    pub async fn delete(&self, key: &Key) -> Result<(), BlobError> {
        let deleted = self.client.delete_object().bucket(&self.bucket).key(key.as_str()).send().await;
        deleted.map(drop).map_err(|e| unavailable(&e))
    }

    /// The oldest days' bodies that the queue refused, at most `limit`.
    pub async fn spilled(&self, limit: i32) -> Result<Vec<Waiting>, BlobError> {
        self.waiting(SPILL, limit).await
    }

    /// Batches of a stream that a function gave up, at most `limit`.
    pub async fn given_up(&self, limit: i32) -> Result<Vec<Waiting>, BlobError> {
        self.waiting(GIVEN_UP, limit).await
    }

    async fn waiting(&self, prefix: &str, limit: i32) -> Result<Vec<Waiting>, BlobError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).max_keys(limit).send().await;
        let list = list.map_err(|e| unavailable(&e))?;
        let waiting = |object: &Object| {
            let at = object.last_modified().and_then(|at| at.to_millis().ok()).unwrap_or_default();
            Some(Waiting { key: Key::named(object.key()?), at: Timestamp::from_millis(at) })
        };
        Ok(list.contents().iter().filter_map(waiting).collect())
    }
}

fn unavailable<E: std::error::Error>(error: &E) -> BlobError {
    BlobError::Unavailable(DisplayErrorContext(error).to_string())
}

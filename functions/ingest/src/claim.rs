//! Bodies that are too large for the queue or the table, which lie in the bucket.

use domain::TenantCtx;
use serde_json::value::RawValue;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Where they lie.
pub trait Bodies {
    /// The pieces that the intake left under this key.
    fn pieces(&self, key: &str) -> impl Future<Output = Result<Vec<Box<RawValue>>, Failed>> + Send;

    /// Keeps a raw payload for its tenant, under the key that is returned. The same payload has the same key.
    fn keep_raw(&self, ctx: &TenantCtx, raw: String) -> impl Future<Output = Result<String, Failed>> + Send;
}

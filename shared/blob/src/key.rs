//! The bucket's keys, on one screen.
//!
//! | what | key | kept |
//! |---|---|---|
//! | a body too large for a queue record, by its content | `claims/<sha256>` | 30 days |
//! | a verified body that the queue refused | `spill/<yyyy-mm-dd>/<id>` | 30 days |
//! | a batch of a stream that Lambda gave up | `aws/lambda/<mapping>/<shard>/<yyyy/mm/dd>/<time>-<id>` | 30 days |
//! | a message's file, by its content | `t/<tenant>/media/<sha256>` | as its tenant |
//! | a file that an agent uploaded to be sent | `t/<tenant>/upload/<upload>` | as its tenant |
//! | its thumbnail, a JPEG | `t/<tenant>/thumb/<sha256 of the file>` | as its tenant |
//! | a raw payload too large for its message's item | `t/<tenant>/raw/<sha256>` | as its tenant |

use domain::{TenantId, Timestamp, UploadId};
use sha2::{Digest, Sha256};

/// Everything that the queue refused.
pub(crate) const SPILL: &str = "spill/";

/// Where Lambda puts what a function gave up.
/// [Keys](https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html).
pub(crate) const GIVEN_UP: &str = "aws/lambda/";

/// The name of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The same content has the same key: putting it twice stores it once.
    pub fn claim(body: &[u8]) -> Self {
        Self(format!("claims/{}", sha256(body)))
    }

    /// By day, and by content within it.
    pub fn spill(now: Timestamp, body: &[u8]) -> Self {
        let day: String = now.to_string().chars().take(10).collect();
        Self(format!("{SPILL}{day}/{}", sha256(body)))
    }

    pub fn raw(tenant: &TenantId, body: &[u8]) -> Self {
        Self(format!("t/{tenant}/raw/{}", sha256(body)))
    }

    /// A file of a message. `sha256` is the content's, 64 hex digits.
    pub fn media(tenant: &TenantId, sha256: &str) -> Self {
        Self(format!("t/{tenant}/media/{sha256}"))
    }

    /// A file that goes out: an upload is put once, under an id that nobody can guess.
    pub fn upload(tenant: &TenantId, upload: &UploadId) -> Self {
        Self(format!("t/{tenant}/upload/{upload}"))
    }

    /// The small picture of the file with this content.
    pub fn thumbnail(tenant: &TenantId, sha256: &str) -> Self {
        Self(format!("t/{tenant}/thumb/{sha256}"))
    }

    /// A key that a record of ours names.
    pub fn named(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn sha256(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_spelled_by_content_day_and_tenant() {
        const SHA: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        let tenant = TenantId::from_bytes([0; 10]);
        let now = Timestamp::from_millis(1_795_000_000_000);
        assert_eq!(
            [Key::claim(b"hello"), Key::spill(now, b"hello"), Key::raw(&tenant, b"hello")].map(|k| k.0),
            [format!("claims/{SHA}"), format!("spill/2026-11-18/{SHA}"), format!("t/0000000000000000/raw/{SHA}")]
        );
        assert_eq!(
            [Key::media(&tenant, SHA), Key::thumbnail(&tenant, SHA)].map(|k| k.0),
            [format!("t/0000000000000000/media/{SHA}"), format!("t/0000000000000000/thumb/{SHA}")]
        );
    }
}

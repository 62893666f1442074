//! Batches of the table's stream that a function gave up after its last try: Lambda leaves them in the bucket. What they had
//! to tell is gone from the sync log, so its readers are told to load afresh. Sends and files are due again by themselves.
//! [Format](https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html).

use std::collections::BTreeSet;

use blob::{BlobError, Key};
use bootstrap::batch::Budget;
use domain::{TenantCtx, TenantId};
use serde::Deserialize;

use crate::App;

/// Batches that are looked at in one tick, at most.
const AT_MOST: i32 = 100;

#[derive(Deserialize)]
struct GivenUp {
    /// The whole event, as text.
    payload: String,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    dynamodb: Change,
}

#[derive(Deserialize)]
struct Change {
    #[serde(rename = "Keys")]
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    pk: Text,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

/// Why a batch stays where it is.
#[derive(Debug, thiserror::Error)]
enum Stays {
    #[error(transparent)]
    Bucket(#[from] BlobError),
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error(transparent)]
    Table(#[from] table::Error),
}

impl App {
    /// Resets the sync log of every tenant that a batch spoke of. Returns how many batches that were.
    pub async fn reset_after_lost(&self, budget: &Budget) -> usize {
        let lost = match self.blobs.given_up(AT_MOST).await {
            Ok(lost) => lost,
            Err(error) => {
                tracing::warn!(why = %error, "what was given up cannot be listed");
                return 0;
            }
        };
        let mut healed = 0;
        for object in lost {
            if budget.left().is_zero() {
                break;
            }
            match self.reset(&object.key).await {
                Ok(()) => healed += 1,
                Err(error) => {
                    tracing::error!(object = object.key.as_str(), why = %error, "a lost batch is not made good")
                }
            }
        }
        healed
    }

    /// The batch goes last: half done, it is done again, and a second reset costs its readers nothing but time.
    async fn reset(&self, key: &Key) -> Result<(), Stays> {
        let tenants = match self.blobs.get(key).await {
            Err(BlobError::Missing) => return Ok(()),
            other => tenants(&other?)?,
        };
        for tenant in tenants {
            tracing::warn!(tenant_id = %tenant, object = key.as_str(), "changes were lost: the sync log is reset");
            let ctx = TenantCtx::of_record(tenant);
            self.tables.tenant(&ctx).append_reset(self.now()).await?;
        }
        Ok(self.blobs.delete(key).await?)
    }
}

fn tenants(body: &[u8]) -> serde_json::Result<BTreeSet<TenantId>> {
    let given_up: GivenUp = serde_json::from_slice(body)?;
    let event: Event = serde_json::from_str(&given_up.payload)?;
    Ok(event.records.iter().filter_map(|r| table::stream::tenant_of(&r.dynamodb.keys.pk.text)).collect())
}

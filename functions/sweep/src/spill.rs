//! Webhooks that the queue refused: handed to it again each minute, shown to an operator for as long as it refuses still.

use blob::{BlobError, Waiting};
use bootstrap::batch::Budget;
use domain::Timestamp;
use queue::{Outgoing, SpillNote};
use table::{Entry, LedgerKind, LogId, Tenant};

use crate::App;

/// Bodies that are replayed in one tick, at most.
const AT_MOST: i32 = 100;

/// A larger body is listed without its records: an item of the table holds 400 KB.
const SHOWN_MAX: usize = 300 * 1024;

const REFUSED: &str = "the queue refuses it still";
const UNREADABLE: &str = "it is no list of records";

/// Why one stays where it is.
#[derive(Debug, thiserror::Error)]
enum Stays {
    #[error(transparent)]
    Bucket(#[from] BlobError),
    #[error(transparent)]
    Table(#[from] table::Error),
}

impl App {
    /// Hands the queue what it refused before. Returns how many bodies it took.
    pub async fn replay(&self, budget: &Budget) -> usize {
        let spilled = match self.blobs.spilled(AT_MOST).await {
            Ok(spilled) => spilled,
            Err(error) => {
                tracing::warn!(why = %error, "the refused webhooks cannot be listed");
                return 0;
            }
        };
        let mut replayed = 0;
        for object in &spilled {
            if budget.left().is_zero() {
                break;
            }
            match self.replay_one(object).await {
                Ok(true) => replayed += 1,
                Ok(false) => {}
                Err(error) => tracing::warn!(object = object.key.as_str(), why = %error, "not replayed"),
            }
        }
        replayed
    }

    /// `false`: the queue did not take it. Whatever of it the queue took before comes again, and the deduplication in the table
    /// drops it.
    async fn replay_one(&self, object: &Waiting) -> Result<bool, Stays> {
        let (install, id) = (self.tables.install(), entry_id(object));
        if install.entry(LedgerKind::SpillDropped, &id).await?.is_some() {
            self.blobs.delete(&object.key).await?;
            install.discard_entry(LedgerKind::SpillDropped, &id).await?;
            return Ok(false);
        }
        let body = match self.blobs.get(&object.key).await {
            Err(BlobError::Missing) => return Ok(true),
            other => other?,
        };
        let Ok(records) = serde_json::from_slice::<Vec<Outgoing>>(&body) else {
            note(&install, object, &id, UNREADABLE, body.len(), None).await?;
            return Ok(false);
        };
        if !self.inbound.send(&records).await.is_empty() {
            let shown = Some(records).filter(|_| body.len() <= SHOWN_MAX);
            note(&install, object, &id, REFUSED, body.len(), shown).await?;
            return Ok(false);
        }
        self.blobs.delete(&object.key).await?;
        install.discard_entry(LedgerKind::Spill, &id).await?;
        Ok(true)
    }
}

/// Where an operator finds it. The same again changes nothing.
async fn note(
    install: &Tenant<'_>,
    object: &Waiting,
    id: &LogId,
    why: &str,
    bytes: usize,
    records: Option<Vec<Outgoing>>,
) -> table::Result<()> {
    tracing::warn!(object = object.key.as_str(), why, "not replayed");
    let note = SpillNote { object: object.key.as_str().to_owned(), bytes, records };
    let record = serde_json::to_string(&note).unwrap_or_default();
    let (reason, source) = (why.to_owned(), "webhook".to_owned());
    let entry = Entry { id: id.clone(), at: object.at, reason, source, record };
    install.put_entry(LedgerKind::Spill, &entry).await
}

/// The same for the same object: when it was put there, and the beginning of its content's hash, in which its key ends.
fn entry_id(object: &Waiting) -> LogId {
    let mut tail = [0; 10];
    let name = object.key.as_str().rsplit('/').next().unwrap_or_default();
    let hash = name.get(..20).unwrap_or_default();
    if hex::decode_to_slice(hash, &mut tail).is_err() {
        // A key that is none of ours: its own letters will do.
        tail.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    }
    LogId::new(Timestamp::from_seconds(object.at.seconds()), tail)
}

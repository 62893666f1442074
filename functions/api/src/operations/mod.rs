//! What went wrong, for those who run a tenant or the install: listed, looked at redacted, replayed or discarded, audited.

pub mod dead_letters;
pub mod desk;
pub mod ledger;
pub mod parked_sends;
pub mod quarantine;
pub mod redact;
pub mod replay;
pub mod sends;
pub mod spill;
pub mod unknown_sends;
pub mod unrouted;

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use table::{Entry, Unrouted};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// 1 to 100; 50 unless told.
    limit: Option<String>,
    cursor: Option<String>,
}

/// Something that could not be dealt with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trouble {
    pub id: String,
    pub at: Timestamp,
    /// One sentence, without any of the content.
    pub reason: String,
    /// The queue or function that it comes from.
    #[schema(example = "inbound")]
    pub source: String,
    /// What the record is, without its content.
    #[schema(example = "whatsapp: 2 events")]
    pub summary: String,
}

/// The same, with its record.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeTrouble {
    #[serde(flatten)]
    pub trouble: Trouble,
    /// The record's shape: what people wrote and who they are is left out.
    #[schema(value_type = Object)]
    pub record: Value,
}

/// What is to be done has been taken on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    pub id: String,
}

impl From<&Entry> for Trouble {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id.as_str().to_owned(),
            at: entry.at,
            reason: entry.reason.clone(),
            source: entry.source.clone(),
            summary: redact::summary(&entry.record),
        }
    }
}

impl From<&Unrouted> for Trouble {
    fn from(event: &Unrouted) -> Self {
        Self {
            id: event.id.as_str().to_owned(),
            at: event.at,
            reason: format!("no account {} is connected for {}", event.external, event.channel),
            source: "ingest".to_owned(),
            summary: redact::summary(&event.record),
        }
    }
}

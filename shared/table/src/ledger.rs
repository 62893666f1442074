//! What is kept by the month: audit records, quarantine, dead letters, unrouted events.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Page, Result, Tenant};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerKind {
    Audit,
    Quarantine,
    DeadLetter,
    Unrouted,
}

/// An entry's id: when it was written and a random tail. It sorts by time, and tells its month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogId(String);

/// What could not be dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: LogId,
    pub at: Timestamp,
    /// One sentence, without any of the record's content.
    pub reason: String,
    /// The queue or function it comes from.
    pub source: String,
    /// The record as it was, for a replay.
    pub record: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    pub id: LogId,
    /// A user's id, or `system`.
    pub actor: String,
    /// `conversation.assign`…
    pub action: String,
    pub target: String,
    pub request_id: String,
    pub at: Timestamp,
    pub details: serde_json::Value,
}

impl LogId {
    pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
        todo!()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn at(&self) -> Timestamp {
        todo!()
    }
}

impl std::str::FromStr for LogId {
    type Err = domain::id::BadId;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        todo!()
    }
}

impl TryFrom<String> for LogId {
    type Error = domain::id::BadId;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LogId> for String {
    fn from(id: LogId) -> String {
        id.0
    }
}

impl Tenant<'_> {
    pub async fn record_audit(&self, audit: &Audit) -> Result<()> {
        todo!()
    }

    /// Keeps what could not be dealt with. The same id again changes nothing.
    pub async fn put_entry(&self, kind: LedgerKind, entry: &Entry) -> Result<()> {
        todo!()
    }

    /// Newest first. Looks back over thirteen months.
    pub async fn entries(
        &self,
        kind: LedgerKind,
        before: Option<&LogId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page<Entry, LogId>> {
        todo!()
    }

    pub async fn entry(&self, kind: LedgerKind, id: &LogId) -> Result<Option<Entry>> {
        todo!()
    }

    /// `false` where it was gone already.
    pub async fn discard_entry(&self, kind: LedgerKind, id: &LogId) -> Result<bool> {
        todo!()
    }
}

//! The sync log: dense blocks of references to what changed.

use domain::Timestamp;

use crate::{Result, Tenant};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefKind {
    Conversation,
    Message,
    Account,
}

/// Something that changed, and its revision then.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ref {
    pub kind: RefKind,
    pub id: String,
    pub rev: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRead {
    /// Oldest first.
    pub refs: Vec<Ref>,
    /// The cursor to go on from.
    pub next: u64,
    /// Nothing more was there.
    pub complete: bool,
    /// The log no longer tells all that changed since: load afresh.
    pub reset: bool,
}

/// At most this many references in a block.
pub const BLOCK_REFS: usize = 100;

impl Tenant<'_> {
    /// How far the log has come: the cursor to start from.
    pub async fn log_head(&self, now: Timestamp) -> Result<u64> {
        todo!()
    }

    /// Appends the references, in blocks; returns the last one's number.
    pub async fn append_log(&self, refs: &[Ref], now: Timestamp) -> Result<u64> {
        todo!()
    }

    /// Tells every reader to load afresh: something was lost.
    pub async fn append_reset(&self, now: Timestamp) -> Result<u64> {
        todo!()
    }

    /// At most `blocks` blocks after the cursor, consistently.
    pub async fn read_log(&self, after: u64, blocks: usize) -> Result<LogRead> {
        todo!()
    }
}

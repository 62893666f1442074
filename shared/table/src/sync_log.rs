//! The sync log: dense blocks of references to what changed.
//!
//! Block n + 1 is put on the condition that it does not exist, by a writer that saw n: so a reader that asks for what comes
//! after n misses nothing. The first block, and the first after a silence in which the others may have expired, is numbered by
//! its millisecond, which is greater than any number before it: a number is never used twice.

use std::time::Duration;

use domain::Timestamp;
use domain::id::digits;
use serde::{Deserialize, Serialize};

use crate::change::{When, Write};
use crate::item::{self, Item};
use crate::store::{Index, Range, Read, Sk};
use crate::{Error, Result, Tenant, key};

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

/// How long a block is kept.
pub const KEPT: Duration = Duration::from_hours(7 * 24);

/// A newest block older than this may expire while we look: the log starts anew. Well below [`KEPT`].
const STALE: Duration = Duration::from_hours(6 * 24);

/// A block that starts the log anew follows a cursor that is at most this much older (both count milliseconds then).
const SINCE_START: Duration = Duration::from_hours(5 * 24);

/// Writers of one tenant's log race for the next number; each try, one of them wins.
const TRIES: u32 = 40;

#[derive(Serialize, Deserialize)]
struct Block {
    /// The references, one a word: `c:<id>:<rev>`.
    #[serde(default)]
    r: String,
    /// When it was written.
    at: i64,
    /// Starts the log anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    first: bool,
    /// Something was lost here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reset: bool,
    /// Seconds: when it may go.
    ttl: i64,
}

impl Tenant<'_> {
    /// How far the log has come: the cursor to start from.
    pub async fn log_head(&self, now: Timestamp) -> Result<u64> {
        Ok(self.newest(now).await?.unwrap_or_else(|| number(now) - 1))
    }

    /// Appends the references, in blocks; returns the last one's number.
    pub async fn append_log(&self, refs: &[Ref], now: Timestamp) -> Result<u64> {
        let mut last = 0;
        for block in refs.chunks(BLOCK_REFS) {
            let words: Vec<String> = block.iter().map(|r| format!("{}:{}:{}", letter(r.kind), r.id, r.rev)).collect();
            last = self.append(&words.join(" "), false, now).await?;
        }
        Ok(last)
    }

    /// Tells every reader to load afresh: something was lost.
    pub async fn append_reset(&self, now: Timestamp) -> Result<u64> {
        self.append("", true, now).await
    }

    /// At most `blocks` blocks after the cursor, consistently.
    pub async fn read_log(&self, after: u64, blocks: usize) -> Result<LogRead> {
        let sk = digits::<10>(after);
        let range = Range {
            index: Index::Table,
            pk: key::log_block(&self.id, 0).pk,
            sk: Sk::Above(&sk),
            newest_first: false,
            limit: Some(blocks.max(1)),
            read: Read::Consistent,
        };
        let (items, more) = self.live().page(&range).await?;
        let mut read = LogRead { refs: Vec::new(), next: after, complete: !more, reset: false };
        for item in items {
            let (n, block) = block(item)?;
            let follows = n == read.next + 1;
            let starts = block.first && n.saturating_sub(read.next) <= millis(SINCE_START);
            read.reset |= block.reset || !(follows || starts);
            read.refs.extend(block.r.split(' ').filter(|w| !w.is_empty()).map(reference).collect::<Result<Vec<_>>>()?);
            read.next = n;
        }
        Ok(read)
    }

    async fn append(&self, refs: &str, reset: bool, now: Timestamp) -> Result<u64> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt.min(2)).await;
            let (n, first) = match self.newest(now).await? {
                Some(n) => (n + 1, false),
                None => (number(now), true),
            };
            let ttl = now.plus(KEPT).seconds();
            let block = Block { r: refs.to_owned(), at: now.millis(), first, reset, ttl };
            let item = item::encode(&key::log_block(&self.id, n), &block)?;
            if self.live().write(&Write::Put(item, When::Absent)).await? {
                return Ok(n);
            }
        }
        Err(Error::Retry("others kept appending to the log".to_owned()))
    }

    /// The newest block's number, while it is young enough to be there for long.
    async fn newest(&self, now: Timestamp) -> Result<Option<u64>> {
        let range = Range {
            index: Index::Table,
            pk: key::log_block(&self.id, 0).pk,
            sk: Sk::Any,
            newest_first: true,
            limit: Some(1),
            read: Read::Consistent,
        };
        let Some(item) = self.live().page(&range).await?.0.into_iter().next() else { return Ok(None) };
        let (n, block) = block(item)?;
        let stale = now.since(Timestamp::from_millis(block.at)) > STALE;
        Ok((!stale).then_some(n))
    }
}

fn number(now: Timestamp) -> u64 {
    u64::try_from(now.millis()).unwrap_or(1).max(1)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn block(item: Item) -> Result<(u64, Block)> {
    let n = key::number_of(&item::key_of(&item)?.sk).ok_or_else(|| bad("number"))?;
    Ok((n, item::decode(item)?))
}

fn letter(kind: RefKind) -> char {
    match kind {
        RefKind::Conversation => 'c',
        RefKind::Message => 'm',
        RefKind::Account => 'a',
    }
}

fn reference(word: &str) -> Result<Ref> {
    let mut parts = word.splitn(3, ':');
    let (kind, id, rev) = (parts.next(), parts.next(), parts.next());
    let kind = match kind {
        Some("c") => RefKind::Conversation,
        Some("m") => RefKind::Message,
        Some("a") => RefKind::Account,
        Some(_) | None => return Err(bad("reference")),
    };
    let rev = rev.and_then(|r| r.parse().ok()).ok_or_else(|| bad("reference"))?;
    Ok(Ref { kind, id: id.unwrap_or_default().to_owned(), rev })
}

fn bad(what: &str) -> Error {
    Error::Corrupt(format!("a log block whose {what} cannot be read"))
}

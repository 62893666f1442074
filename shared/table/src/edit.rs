//! What agents change of a conversation, each change with its audit record.

use domain::{ConversationId, Direction, Head, Owner, Status, Timestamp, UserId};
use serde_json::json;

use crate::ledger::Audit;
use crate::store::TRIES;
use crate::{Error, LogId, Result, Tenant, key};

/// Who edits, for the audit record.
#[derive(Clone, Debug)]
pub struct Editor {
    pub user: UserId,
    pub request_id: String,
    /// `If-Match`: the version that the editor saw.
    pub expected_version: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// As it stands now; without a write where it stood so already.
    Done(Box<Head>),
    /// Somebody else was first: as it stands now.
    Conflict(Box<Head>),
    NotFound,
}

impl Tenant<'_> {
    pub async fn assign(&self, id: &ConversationId, owner: &Owner, by: &Editor, now: Timestamp) -> Result<Edited> {
        self.edit(id, by, now, "conversation.assign", |head| {
            let details = json!({"from": key::owner_text(&head.owner), "to": key::owner_text(owner)});
            (Head { owner: owner.clone(), ..head.clone() }, details)
        })
        .await
    }

    pub async fn set_status(&self, id: &ConversationId, status: Status, by: &Editor, now: Timestamp) -> Result<Edited> {
        self.edit(id, by, now, "conversation.status", |head| {
            (Head { status, ..head.clone() }, json!({"from": head.status, "to": status}))
        })
        .await
    }

    /// Moves the shared read position to `seq`, or to the newest message. Not an edit: no version, no audit record.
    pub async fn mark_read(&self, id: &ConversationId, seq: Option<u64>) -> Result<Option<Head>> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(head) = self.head(id).await? else { return Ok(None) };
            let read_seq = seq.map_or(head.seq, |s| s.min(head.seq)).max(head.read_seq);
            let unread = if read_seq == head.seq { 0 } else { self.unread_after(&head, read_seq).await? };
            if (read_seq, unread) == (head.read_seq, head.unread) {
                return Ok(Some(head));
            }
            let after = Head { read_seq, unread, rev: head.rev + 1, ..head.clone() };
            if self.truth().write(&self.head_write(&head, &after)?).await? {
                return Ok(Some(after));
            }
        }
        Err(Error::Retry("others kept changing the conversation".to_owned()))
    }

    /// Customers' messages with a greater number. They are among the newest, give or take what came late.
    async fn unread_after(&self, head: &Head, read_seq: u64) -> Result<u64> {
        let (mut unread, mut found) = (0, 0);
        let mut before: Option<String> = None;
        loop {
            let page = self.messages(&head.id, before.as_deref(), crate::read::PAGE_MAX).await?;
            let later: Vec<_> = page.items.iter().filter(|m| m.seq() > read_seq && m.seq() <= head.seq).collect();
            found += later.len() as u64;
            unread += later.iter().filter(|m| m.direction == Direction::Inbound && !m.quiet).count() as u64;
            before = page.next;
            if found >= head.seq - read_seq || before.is_none() {
                return Ok(unread);
            }
        }
    }

    /// One edit, on record before it is made: two plain writes, where a transaction would bill four. A crash between them leaves the
    /// record of an edit that was not made, never an edit without its record.
    async fn edit(
        &self,
        id: &ConversationId,
        by: &Editor,
        now: Timestamp,
        action: &str,
        change: impl Fn(&Head) -> (Head, serde_json::Value),
    ) -> Result<Edited> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(head) = self.head(id).await? else { return Ok(Edited::NotFound) };
            let (mut after, details) = change(&head);
            if by.expected_version.is_some_and(|seen| seen != head.version) {
                return Ok(Edited::Conflict(Box::new(head)));
            }
            if after == head {
                return Ok(Edited::Done(Box::new(head)));
            }
            after.version += 1;
            after.rev += 1;
            let audit = Audit {
                id: LogId::tailed(now, &self.edit_tail(&after, by)?),
                actor: by.user.to_string(),
                action: action.to_owned(),
                target: id.to_string(),
                request_id: by.request_id.clone(),
                at: now,
                details,
            };
            self.record_audit(&audit).await?;
            // A refusal of a write that was made, and answered into the void, is none.
            let made = self.truth().write(&self.head_write(&head, &after)?).await?;
            if made || self.head(id).await?.as_ref() == Some(&after) {
                return Ok(Edited::Done(Box::new(after)));
            }
            self.drop_audit(&audit.id).await?;
        }
        Err(Error::Retry("others kept changing the conversation".to_owned()))
    }

    /// Each try of a request to make a version of a conversation has a record of its own.
    fn edit_tail(&self, head: &Head, by: &Editor) -> Result<String> {
        let version = head.version.to_string();
        Ok(self
            .tables
            .id_key()?
            .name(&self.id, &["audit", head.id.as_str(), &version, by.user.as_str(), &by.request_id]))
    }
}

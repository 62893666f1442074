//! What agents change of a conversation, each change with its audit record.

use domain::conversation::Status;
use domain::{ConversationId, Head, Owner, Timestamp, UserId};

use crate::{Result, Tenant};

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
    Done(Head),
    /// Somebody else was first: as it stands now.
    Conflict(Head),
    NotFound,
}

impl Tenant<'_> {
    pub async fn assign(&self, id: &ConversationId, owner: &Owner, by: &Editor, now: Timestamp) -> Result<Edited> {
        todo!()
    }

    pub async fn set_status(&self, id: &ConversationId, status: Status, by: &Editor, now: Timestamp) -> Result<Edited> {
        todo!()
    }

    /// Moves the shared read position to `seq`, or to the newest message. Not an edit: no version, no audit record.
    pub async fn mark_read(&self, id: &ConversationId, seq: Option<u64>) -> Result<Option<Head>> {
        todo!()
    }
}

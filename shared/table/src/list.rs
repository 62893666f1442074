//! The inbox: rows by state or by owner, newest first.

use domain::conversation::Status;
use domain::{
    AccountId, ChannelType, ContactId, ConversationId, Direction, Head, MessageType, Owner, Timestamp, Window,
};

use crate::{Page, Result, Tenant};

/// Which conversations a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Any of these; empty means every status.
    pub statuses: Vec<Status>,
    pub owner: Option<Owner>,
    pub channel: Option<ChannelType>,
}

/// What a row of the list shows of a head: the attributes that the indexes project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: ConversationId,
    pub channel: ChannelType,
    pub account: AccountId,
    pub contact: ContactId,
    pub contact_name: String,
    pub avatar_url: Option<String>,
    pub status: Status,
    pub owner: Owner,
    pub unread: u64,
    pub last_at: Timestamp,
    pub preview: String,
    pub last_type: Option<MessageType>,
    pub last_direction: Option<Direction>,
    pub seq: u64,
    pub window: Window,
    pub version: u64,
    pub rev: u64,
}

impl From<&Head> for Row {
    fn from(head: &Head) -> Self {
        Self {
            id: head.id.clone(),
            channel: head.channel,
            account: head.account.clone(),
            contact: head.contact.clone(),
            contact_name: head.contact_name.clone(),
            avatar_url: head.avatar_url.clone(),
            status: head.status,
            owner: head.owner.clone(),
            unread: head.unread,
            last_at: head.last_at,
            preview: head.preview.clone(),
            last_type: head.last_type,
            last_direction: head.last_direction,
            seq: head.seq,
            window: head.window,
            version: head.version,
            rev: head.rev,
        }
    }
}

impl Tenant<'_> {
    /// A page of the inbox, by `last_at` and id descending, from an index that may be seconds old. At most 100 rows; with a
    /// channel it reads at most 500 and may return a short page with a cursor.
    pub async fn conversations(
        &self,
        filter: &ListFilter,
        before: Option<&(Timestamp, ConversationId)>,
        limit: usize,
    ) -> Result<Page<Row, (Timestamp, ConversationId)>> {
        todo!()
    }
}

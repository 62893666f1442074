//! Every message of a tenant, by conversation and number: the ground truth for counting.

use domain::{ConversationId, Message};

use crate::{Page, Result, Tenant};

/// After this message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportCursor {
    pub conversation: ConversationId,
    pub seq: u64,
}

impl Tenant<'_> {
    /// At most 1,000 messages.
    pub async fn export(&self, after: Option<&ExportCursor>, limit: usize) -> Result<Page<Message, ExportCursor>> {
        todo!()
    }
}

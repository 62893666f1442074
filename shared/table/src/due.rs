//! What is due: the conversations that need looking at, by the minute.

use domain::{ConversationId, TenantId, Timestamp};

use crate::{Global, Result, Tenant};

impl Global<'_> {
    /// Everything due by now. Reads every bucket after the watermark.
    pub async fn due_before(&self, now: Timestamp) -> Result<Vec<(TenantId, ConversationId, Timestamp)>> {
        todo!()
    }

    /// All that was due by `now` is dealt with. The watermark stays behind by as long as an index may lag.
    pub async fn advance_watermark(&self, now: Timestamp) -> Result<()> {
        todo!()
    }
}

impl Tenant<'_> {
    /// Wakes a conversation's sends, and has it looked at again later. `false`: it is not due (any more).
    pub async fn wake_due(&self, id: &ConversationId, now: Timestamp) -> Result<bool> {
        todo!()
    }
}

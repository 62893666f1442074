//! Queue `outbound`: a wake for one conversation. The order of its sends lies in the table.

use domain::{ConversationId, TenantId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake {
    /// Version of this format: 1.
    pub v: u8,
    pub tenant: TenantId,
    pub conversation: ConversationId,
}

impl Wake {
    pub const VERSION: u8 = 1;

    pub fn new(tenant: TenantId, conversation: ConversationId) -> Self {
        Self { v: Self::VERSION, tenant, conversation }
    }
}

//! Queue `outbound`: a wake for one conversation. The order of its sends lies in the table.

use std::time::Duration;

use domain::{ConversationId, TenantId};
use serde::{Deserialize, Serialize};

use crate::{Outgoing, producer::DELAY_MAX};

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

    /// The record that carries it, to be seen after this long, in whole seconds and at most [`DELAY_MAX`].
    pub fn outgoing(&self, delay: Duration) -> Result<Outgoing, serde_json::Error> {
        let millis = delay.min(DELAY_MAX).as_millis();
        Ok(Outgoing {
            group: self.tenant.to_string(),
            deduplication: None,
            body: serde_json::to_string(self)?,
            delay_seconds: u16::try_from(millis.div_ceil(1_000)).unwrap_or(u16::MAX),
        })
    }
}

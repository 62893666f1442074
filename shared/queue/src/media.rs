//! Queue `media`: a message that has files to be fetched. Which ones, and what became of them, lies in the table.

use domain::{MessageId, TenantId};
use serde::{Deserialize, Serialize};

use crate::Outgoing;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaJob {
    /// Version of this format: 1.
    pub v: u8,
    pub tenant: TenantId,
    pub message: MessageId,
}

impl MediaJob {
    pub const VERSION: u8 = 1;

    pub fn new(tenant: TenantId, message: MessageId) -> Self {
        Self { v: Self::VERSION, tenant, message }
    }

    /// The record that carries it.
    pub fn outgoing(&self) -> Result<Outgoing, serde_json::Error> {
        Ok(Outgoing {
            group: self.tenant.to_string(),
            deduplication: None,
            body: serde_json::to_string(self)?,
            delay_seconds: 0,
        })
    }
}

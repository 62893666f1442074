//! Events of an account that nobody has connected (yet).

use domain::{ChannelType, TenantId, Timestamp};

use crate::{Global, LogId, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unrouted {
    pub id: LogId,
    pub at: Timestamp,
    pub channel: ChannelType,
    /// The channel's id of the account, as the event told it.
    pub external: String,
    /// The tenant whose own app signed it; `None` for the install's.
    pub signer: Option<TenantId>,
    /// The queue's record as it was.
    pub record: String,
}

/// The tenant under which an operator of the install finds all of them. It is nobody's.
pub const INSTALL: &str = "0000000000000000";

impl Global<'_> {
    /// Keeps it for the account's connect, and for the lists of the install and of the signing tenant.
    pub async fn put_unrouted(&self, event: &Unrouted) -> Result<()> {
        todo!()
    }

    /// What waits for this account, oldest first.
    pub async fn unrouted_of(&self, channel: ChannelType, external: &str) -> Result<Vec<Unrouted>> {
        todo!()
    }

    /// From everywhere.
    pub async fn delete_unrouted(&self, event: &Unrouted) -> Result<()> {
        todo!()
    }

    /// The newest that wait, of the install or of one signing tenant.
    pub async fn unrouted_signed_by(&self, signer: Option<&TenantId>, before: Option<&LogId>, limit: usize, now: Timestamp) -> Result<crate::Page<Unrouted, LogId>> {
        todo!()
    }

    pub async fn unrouted(&self, signer: Option<&TenantId>, id: &LogId) -> Result<Option<Unrouted>> {
        todo!()
    }
}

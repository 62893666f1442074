//! Whose data a piece of work may touch.

use crate::TenantId;

/// The proof that a piece of work acts for one tenant: every call of a repository needs one. It is made where the tenant
/// became known, and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TenantCtx(TenantId);

impl TenantCtx {
    /// From a verified access token or a redeemed ticket.
    pub fn of_session(tenant: TenantId) -> Self {
        Self(tenant)
    }

    /// From the route of a channel account, after the signing app was found to speak for it.
    pub fn of_route(tenant: TenantId) -> Self {
        Self(tenant)
    }

    /// From a record that one of our functions wrote: a stream image's key, a queue record, a due item.
    pub fn of_record(tenant: TenantId) -> Self {
        Self(tenant)
    }

    pub fn id(&self) -> &TenantId {
        &self.0
    }
}

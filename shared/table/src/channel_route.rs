//! Routes: which tenant a channel account belongs to.

use domain::{AccountId, ChannelType, TenantId};

use crate::{Global, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub tenant: TenantId,
    pub account: AccountId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutRoute {
    Done,
    /// It is another tenant's: nothing was changed.
    OtherTenant,
}

impl Global<'_> {
    /// By a consistent read: an event that races its account's connect must see it.
    pub async fn route(&self, channel: ChannelType, external: &str) -> Result<Option<Route>> {
        todo!()
    }

    /// Only after the channel proved that the tenant's token owns the account.
    pub async fn put_route(&self, channel: ChannelType, external: &str, route: &Route) -> Result<PutRoute> {
        todo!()
    }
}

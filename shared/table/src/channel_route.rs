//! Routes: which tenant a channel account belongs to.

use domain::{AccountId, ChannelType, TenantId};
use serde::{Deserialize, Serialize};

use crate::change::{When, Write};
use crate::item::{self, s};
use crate::store::Read;
use crate::{Global, Result, key};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        self.truth().get(&key::route(channel, external), Read::Consistent).await?.map(item::decode).transpose()
    }

    /// Only after the channel proved that the tenant's token owns the account.
    pub async fn put_route(&self, channel: ChannelType, external: &str, route: &Route) -> Result<PutRoute> {
        let item = item::encode(&key::route(channel, external), route)?;
        let free = When::AbsentOr("tenant", s(route.tenant.as_str()));
        let done = self.truth().write(&Write::Put(item, free)).await?;
        Ok(if done { PutRoute::Done } else { PutRoute::OtherTenant })
    }

    /// Takes the route away, if it leads to this account still. Safe to repeat.
    pub async fn delete_route(&self, channel: ChannelType, external: &str, route: &Route) -> Result<()> {
        let same = vec![("tenant", Some(s(route.tenant.as_str()))), ("account", Some(s(route.account.as_str())))];
        self.truth().write(&Write::Delete(key::route(channel, external), When::Is(same))).await.map(drop)
    }
}

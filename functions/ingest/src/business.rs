//! Business accounts: what concerns no number is routed by the account that its numbers belong to.

use domain::{TenantCtx, Timestamp};
use queue::InboundRecord;
use table::Route;

use crate::{App, Bodies, Retry};

impl<B: Bodies> App<B> {
    /// Whose account a record is for. A tenant's own app speaks for that tenant alone: what it says of a business account
    /// goes to the tenant's own number there, whoever else has one.
    pub(crate) async fn route(
        &self,
        record: &InboundRecord,
        external: &str,
        now: Timestamp,
    ) -> Result<Option<Route>, Retry> {
        let business = external.strip_prefix(channel_whatsapp::BUSINESS_ACCOUNT);
        let (Some(id), Some(tenant)) = (business, &record.signer.tenant) else {
            return Ok(self.routes.find(&self.tables, record.channel, external, now).await?);
        };
        let accounts = self.tables.tenant(&TenantCtx::of_route(tenant.clone())).accounts().await?;
        let own = accounts.into_iter().find(|account| account.waba_id.as_deref() == Some(id));
        Ok(own.map(|account| Route { tenant: tenant.clone(), account: account.id }))
    }

    /// Which business account a number belongs to is what the channel says: a tenant's word for it proves nothing, and neither
    /// does what the tenant's own app signs. The first tenant with a number there hears of it.
    pub(crate) async fn learn_business(
        &self,
        record: &InboundRecord,
        external: &str,
        route: &Route,
        now: Timestamp,
    ) -> Result<(), Retry> {
        let Some(business) = record.business.as_deref().filter(|b| *b != external) else { return Ok(()) };
        let own_app = record.signer.tenant.is_some();
        if own_app || self.routes.find(&self.tables, record.channel, business, now).await?.is_some() {
            return Ok(());
        }
        self.tables.global().put_route(record.channel, business, route).await?;
        Ok(())
    }
}

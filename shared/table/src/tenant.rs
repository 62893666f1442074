//! A tenant's items.

use aws_sdk_dynamodb::Client;
use domain::{AccountId, TenantId};

use crate::store::Store;
use crate::{Result, Tables};

/// Every key that a call on it makes starts with the tenant, and the guard refuses any other.
pub struct Tenant<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) id: TenantId,
    pub(crate) client: Client,
}

impl Tenant<'_> {
    pub(crate) fn truth(&self) -> Store<'_> {
        Store { client: &self.client, table: &self.tables.truth, pause: &self.tables.pause }
    }

    pub(crate) fn live(&self) -> Store<'_> {
        Store { client: &self.client, table: &self.tables.live, pause: &self.tables.pause }
    }

    /// The key part of what a channel calls a message.
    pub(crate) fn external(&self, account: &AccountId, external_id: &str) -> Result<String> {
        Ok(self.tables.id_key()?.name(&self.id, &["message", account.as_str(), external_id]))
    }
}

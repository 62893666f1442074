//! A tenant's items.

use aws_sdk_dynamodb::Client;
use domain::TenantId;

use crate::Tables;

/// Every key that a call on it makes starts with the tenant, and the guard refuses any other.
pub struct Tenant<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) id: TenantId,
    pub(crate) client: Client,
}

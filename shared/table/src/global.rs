//! The items that belong to no tenant: routes, people, sign-ins, what is due.

use aws_sdk_dynamodb::Client;

use crate::Tables;

pub struct Global<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) client: Client,
}

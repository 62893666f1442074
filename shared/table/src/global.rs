//! The items that belong to no tenant: routes, people, sign-ins, what is due.

use aws_sdk_dynamodb::Client;

use crate::Tables;
use crate::store::Store;

pub struct Global<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) client: Client,
}

impl Global<'_> {
    pub(crate) fn truth(&self) -> Store<'_> {
        Store { client: &self.client, table: &self.tables.truth, pause: &self.tables.pause }
    }

    pub(crate) fn live(&self) -> Store<'_> {
        Store { client: &self.client, table: &self.tables.live, pause: &self.tables.pause }
    }
}

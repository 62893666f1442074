//! Who a channel's names belong to.

use domain::{AccountId, ContactId, Identity};

use crate::{Result, Tenant};

impl Tenant<'_> {
    /// The contact that these names belong to. If they name several, the first name wins.
    pub async fn contact_for(&self, account: &AccountId, from: &[Identity]) -> Result<Option<ContactId>> {
        todo!()
    }
}

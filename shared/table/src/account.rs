//! A tenant's channel accounts.

use domain::{Account, AccountId, AccountStatus};

use crate::{Result, Tenant};

impl Tenant<'_> {
    /// By id.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        todo!()
    }

    /// By a consistent read.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>> {
        todo!()
    }

    /// Creates or replaces it.
    pub async fn put_account(&self, account: &Account) -> Result<()> {
        todo!()
    }

    /// `false` where there is no such account, or where it has another credential by now than the one that `seen` names:
    /// an old token's refusal says nothing of a new one.
    pub async fn set_account_status(
        &self,
        seen: &Account,
        status: AccountStatus,
        health: Option<&str>,
    ) -> Result<bool> {
        todo!()
    }
}

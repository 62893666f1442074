//! Sends that wait for a person to reconnect their account.

use domain::{Account, AccountId, Failure, Head, Message, Timestamp};

use crate::{Result, Tenant};

impl Tenant<'_> {
    /// The account that `account` was read as cannot send: the message and its conversation wait for a reconnect. If the
    /// account has another credential by now, they go on instead.
    pub async fn park_account(
        &self,
        account: &Account,
        head: &Head,
        message: &Message,
        why: &Failure,
        now: Timestamp,
    ) -> Result<Head> {
        todo!()
    }

    /// Wakes every conversation that waits for this account, each in its order. Returns how many.
    pub async fn unpark_account(&self, account: &AccountId, now: Timestamp) -> Result<usize> {
        todo!()
    }
}

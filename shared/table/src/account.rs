//! A tenant's channel accounts.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Account, AccountId, AccountStatus, Past, Timestamp};

use crate::change::{Change, When, Write};
use crate::item::{self, n, s};
use crate::store::{Index, Range, Read, Sk};
use crate::{Result, Tenant, key};

impl Tenant<'_> {
    /// By id.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let pk = format!("{}#K#account", self.id);
        let range =
            Range { index: Index::Table, pk, sk: Sk::Any, newest_first: false, limit: None, read: Read::Consistent };
        self.truth().all(&range).await?.into_iter().map(item::decode).collect()
    }

    /// By a consistent read.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>> {
        self.truth().get(&key::account(&self.id, id), Read::Consistent).await?.map(item::decode).transpose()
    }

    /// Creates or replaces it.
    pub async fn put_account(&self, account: &Account) -> Result<()> {
        let item = item::encode(&key::account(&self.id, &account.id), account)?;
        self.truth().write(&Write::Put(item, When::Always)).await.map(drop)
    }

    /// Nothing of the account goes out before this time. A later time that was asked for meanwhile stays.
    pub async fn throttle_account(&self, seen: &Account, until: Timestamp) -> Result<()> {
        if seen.throttled_until.is_some_and(|known| known >= until) {
            return Ok(());
        }
        let at = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(until);
        let at = at.map_err(|e| crate::Error::Corrupt(e.to_string()))?;
        let before = seen.throttled_until.map(serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value).transpose();
        let before = before.map_err(|e| crate::Error::Corrupt(e.to_string()))?;
        let same = When::Is(vec![("id", Some(s(seen.id.as_str()))), ("throttled_until", before)]);
        let change = Change::default().set("throttled_until", at);
        // Whoever was faster asked for as long.
        self.truth().write(&Write::Update(key::account(&self.id, &seen.id), change, same)).await.map(drop)
    }

    /// `false` where there is no such account.
    pub async fn set_read_receipts(&self, id: &AccountId, shown: bool) -> Result<bool> {
        let change = Change::default().set("read_receipts", AttributeValue::Bool(shown));
        self.truth().write(&Write::Update(key::account(&self.id, id), change, When::Present)).await
    }

    /// What the channel was asked for of the time before, and what is to be said of it: nothing leaves what is said already,
    /// which may be the channel's own answer. `false` where the account has another credential by now.
    pub async fn set_asked_for(&self, seen: &Account, asked_for: &[Past], health: Option<&str>) -> Result<bool> {
        let asked_for = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(asked_for);
        let asked_for = asked_for.map_err(|e| crate::Error::Corrupt(e.to_string()))?;
        let mut change = Change::default().set("asked_for", asked_for);
        if let Some(health) = health {
            change = change.set("health", s(health));
        }
        let same = When::Is(vec![("credential", Some(n(seen.credential)))]);
        self.truth().write(&Write::Update(key::account(&self.id, &seen.id), change, same)).await
    }

    /// `false` where there is no such account, or where it has another credential by now than the one that was `seen`: an
    /// old token's refusal says nothing of a new one.
    pub async fn set_account_status(
        &self,
        seen: &Account,
        status: AccountStatus,
        health: Option<&str>,
    ) -> Result<bool> {
        let status = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(status);
        let status = status.map_err(|e| crate::Error::Corrupt(e.to_string()))?;
        let mut change = Change::default().set("status", status);
        match health {
            Some(health) => change = change.set("health", s(health)),
            None => change.remove.push("health".to_owned()),
        }
        let same = When::Is(vec![("credential", Some(n(seen.credential)))]);
        self.truth().write(&Write::Update(key::account(&self.id, &seen.id), change, same)).await
    }
}

//! What someone who logged in at Meta has connected here, and the deletions that such people ask for. Of the person nothing is
//! kept but a keyed hash of the id that Meta gives them for our app.

use domain::{AccountId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::change::{When, Write};
use crate::item;
use crate::store::{Index, Range, Read, Sk};
use crate::{Global, Result, key};

/// An account that a person's login connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub tenant: TenantId,
    pub account: AccountId,
    /// Which of the account's tokens came of it: an account with a later one no longer hangs on this person.
    pub credential: u32,
    pub at: Timestamp,
}

/// A deletion that a person asked Meta for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// What the person looks it up by.
    pub code: String,
    pub asked_at: Timestamp,
    /// `None`: it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
}

impl Global<'_> {
    /// Keeps what `user` (Meta's id of the person for our app) has connected; again replaces it.
    pub async fn put_grant(&self, user: &str, grant: &Grant) -> Result<()> {
        let item = item::encode(&key::grant(&self.hash(user)?, &grant.tenant, &grant.account), grant)?;
        self.truth().write(&Write::Put(item, When::Always)).await.map(drop)
    }

    pub async fn grants_of(&self, user: &str) -> Result<Vec<Grant>> {
        let pk = key::grants(&self.hash(user)?);
        let range =
            Range { index: Index::Table, pk, sk: Sk::Any, newest_first: false, limit: None, read: Read::Consistent };
        self.truth().all(&range).await?.into_iter().map(item::decode).collect()
    }

    pub async fn delete_grant(&self, user: &str, grant: &Grant) -> Result<()> {
        let key = key::grant(&self.hash(user)?, &grant.tenant, &grant.account);
        self.truth().write(&Write::Delete(key, When::Always)).await.map(drop)
    }

    /// Keeps how far a deletion has come.
    pub async fn put_deletion(&self, deletion: &Deletion) -> Result<()> {
        let item = item::encode(&key::deletion(&deletion.code), deletion)?;
        self.truth().write(&Write::Put(item, When::Always)).await.map(drop)
    }

    pub async fn deletion(&self, code: &str) -> Result<Option<Deletion>> {
        self.truth().get(&key::deletion(code), Read::Consistent).await?.map(item::decode).transpose()
    }

    fn hash(&self, user: &str) -> Result<String> {
        Ok(self.tables.id_key()?.global(&["meta user", user]))
    }
}

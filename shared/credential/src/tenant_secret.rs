//! The access tokens of a tenant's accounts: one secret a tenant.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use aws_sdk_secretsmanager::{Client, config::IdentityCache};
use domain::{AccountId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Secret, SecretError, Secrets, TenantCredentials,
    store::{self, FRESH},
};

/// Reads and writes tenants' secrets.
pub struct TenantSecrets {
    secrets: Secrets,
    prefix: String,
    tenants: Option<Arc<TenantCredentials>>,
}

/// What a tenant's secret holds.
#[derive(Default, Serialize, Deserialize)]
struct Tokens {
    #[serde(default)]
    accounts: BTreeMap<AccountId, Token>,
    /// Two-step PINs of numbers that were registered from here: whoever registers one again must know it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pins: BTreeMap<AccountId, String>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Token {
    access_token: String,
    /// Which of the account's tokens it is: `Account::credential` names the one in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credential: Option<u32>,
    /// The one before, which is good until the account names this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Box<Token>>,
}

impl Token {
    fn is(&self, credential: u32) -> bool {
        self.credential.is_none_or(|own| own == credential)
    }

    fn of(&self, credential: u32) -> Option<&Self> {
        let previous = self.previous.as_deref().filter(|p| p.is(credential));
        Some(self).filter(|t| t.is(credential)).or(previous)
    }
}

/// Two writers of one secret may overtake each other: each looks whether its change is there, and writes again if not.
const TRIES: u32 = 4;

impl TenantSecrets {
    /// `prefix` is `TENANT_SECRET_PREFIX`: the tenant's id completes it to the secret's name.
    pub fn new(secrets: Secrets, prefix: String) -> Self {
        Self { secrets, prefix, tenants: None }
    }

    /// Reads and writes each tenant's secret with credentials that carry that tenant, as IAM wants it.
    #[must_use]
    pub fn as_tenant(self, tenants: Arc<TenantCredentials>) -> Self {
        Self { tenants: Some(tenants), ..self }
    }

    /// An account's access token: the one that `credential` (`Account::credential`) names. `None` where there is none.
    pub async fn access_token(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        credential: u32,
        now: Timestamp,
    ) -> Result<Option<Secret<String>>, SecretError> {
        let (id, client) = (self.id(tenant), self.client(tenant));
        if let Some(token) = find(self.secrets.read(&client, &id, now, FRESH).await, account, credential)? {
            return Ok(Some(token));
        }
        // The account names a token only after it was put: a cached secret without it is old, however lately it was read.
        find(self.secrets.read(&client, &id, now, Duration::ZERO).await, account, credential)
    }

    /// Adds an account's token under its number, beside the one before it. Callers hold a lease on the account, or are the only
    /// one to connect it; other accounts' tokens are merged.
    pub async fn put_token(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        credential: u32,
        access_token: &str,
    ) -> Result<(), SecretError> {
        self.edit(tenant, |tokens| {
            let before = tokens.accounts.remove(account);
            if before.as_ref().is_some_and(|t| t.credential == Some(credential) && t.access_token == access_token) {
                tokens.accounts.extend(before.map(|t| (account.clone(), t)));
                return false;
            }
            let previous = before.and_then(|before| match before.credential {
                // A connect that was not finished: the account names the one before still.
                Some(number) if number == credential => before.previous,
                Some(_) | None => Some(Box::new(Token { previous: None, ..before })),
            });
            let token = Token { access_token: access_token.to_owned(), credential: Some(credential), previous };
            tokens.accounts.insert(account.clone(), token);
            true
        })
        .await
    }

    /// Forgets an account's tokens, old and new. Its PIN stays, for a reconnect.
    pub async fn forget_token(&self, tenant: &TenantId, account: &AccountId) -> Result<(), SecretError> {
        self.edit(tenant, |tokens| tokens.accounts.remove(account).is_some()).await
    }

    /// Forgets one token of an account: the one in use, with all before it, or one that a later token has replaced.
    pub async fn forget_credential(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        credential: u32,
    ) -> Result<(), SecretError> {
        self.edit(tenant, |tokens| match tokens.accounts.get_mut(account) {
            Some(token) if token.credential == Some(credential) => tokens.accounts.remove(account).is_some(),
            Some(token) => {
                let is_it = token.previous.as_ref().is_some_and(|previous| previous.credential == Some(credential));
                is_it && token.previous.take().is_some()
            }
            None => false,
        })
        .await
    }

    /// Keeps the PIN of an account's number, or forgets it.
    pub async fn put_pin(&self, tenant: &TenantId, account: &AccountId, pin: Option<&str>) -> Result<(), SecretError> {
        self.edit(tenant, |tokens| match pin {
            Some(pin) => tokens.pins.insert(account.clone(), pin.to_owned()).as_deref() != Some(pin),
            None => tokens.pins.remove(account).is_some(),
        })
        .await
    }

    /// The PIN of an account's number, as it stands now.
    pub async fn pin(&self, tenant: &TenantId, account: &AccountId) -> Result<Option<Secret<String>>, SecretError> {
        let (mut tokens, _) = tokens(&self.client(tenant), &self.id(tenant)).await?;
        Ok(tokens.pins.remove(account).map(Secret::new))
    }

    /// Changes the secret until it is found changed. `change` tells whether it had to do anything.
    async fn edit(&self, tenant: &TenantId, change: impl Fn(&mut Tokens) -> bool) -> Result<(), SecretError> {
        let (id, client) = (self.id(tenant), self.client(tenant));
        for _ in 0..TRIES {
            let (mut tokens, exists) = tokens(&client, &id).await?;
            if !change(&mut tokens) {
                self.secrets.forget(&id);
                return Ok(());
            }
            write(&client, &id, &tokens, exists).await?;
        }
        Err(SecretError::Unavailable("others kept writing the tenant's secret".to_owned()))
    }

    /// Made anew for each use: a secret is asked for once a minute. The credentials are cached where they come from.
    fn client(&self, tenant: &TenantId) -> Client {
        let Some(tenants) = &self.tenants else { return self.secrets.client().clone() };
        let conf = self.secrets.client().config().to_builder();
        let conf = conf.credentials_provider(tenants.of(tenant)).identity_cache(IdentityCache::no_cache());
        Client::from_conf(conf.build())
    }

    fn id(&self, tenant: &TenantId) -> String {
        format!("{}{tenant}", self.prefix)
    }
}

async fn write(client: &Client, id: &str, tokens: &Tokens, exists: bool) -> Result<(), SecretError> {
    let text = serde_json::to_string(tokens).map_err(|_| SecretError::Unreadable)?;
    if exists { store::put(client, id, text).await } else { store::create(client, id, text).await.map(drop) }
}

/// What the secret holds now, and whether it exists.
async fn tokens(client: &Client, id: &str) -> Result<(Tokens, bool), SecretError> {
    match store::fetch(client, id).await {
        Ok(text) => Ok((serde_json::from_str(&text).map_err(|_| SecretError::Unreadable)?, true)),
        Err(SecretError::Missing) => Ok((Tokens::default(), false)),
        Err(error) => Err(error),
    }
}

fn find(
    text: Result<Arc<str>, SecretError>,
    account: &AccountId,
    credential: u32,
) -> Result<Option<Secret<String>>, SecretError> {
    let text = match text {
        Ok(text) => text,
        Err(SecretError::Missing) => return Ok(None),
        Err(error) => return Err(error),
    };
    let tokens: Tokens = serde_json::from_str(&text).map_err(|_| SecretError::Unreadable)?;
    let token = tokens.accounts.get(account).and_then(|t| t.of(credential));
    Ok(token.map(|t| Secret::new(t.access_token.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_names_which_of_its_two_tokens_is_in_use() {
        let account = AccountId::from_bytes([1; 16]);
        let secret = format!(
            r#"{{"accounts": {{"{account}": {{"access_token": "new", "credential": 3,
                "previous": {{"access_token": "old", "credential": 2}}}}}}}}"#
        );
        let token = |credential| {
            let found = find(Ok(secret.as_str().into()), &account, credential).unwrap();
            found.map(|t| t.expose().clone())
        };
        assert_eq!([1, 2, 3].map(token), [None, Some("old".to_owned()), Some("new".to_owned())]);
    }

    #[test]
    fn a_token_that_was_put_by_hand_without_a_number_is_the_one_in_use() {
        let account = AccountId::from_bytes([1; 16]);
        let secret = format!(r#"{{"accounts": {{"{account}": {{"access_token": "seeded"}}}}}}"#);
        let found = find(Ok(secret.into()), &account, 7).unwrap();
        assert_eq!(found.map(|t| t.expose().clone()), Some("seeded".to_owned()));
    }
}

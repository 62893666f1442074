//! Keyed hashes: how a phone number or a channel's id becomes part of a key without standing in it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{AccountId, ConversationId, TenantId, id::base32};

/// The install's id key: 32 random bytes, made once and never changed, because ids are derived from it.
#[derive(Clone)]
pub struct IdKey(Hmac<Sha256>);

impl IdKey {
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// The one conversation of this account and thread.
    pub fn conversation(&self, tenant: &TenantId, account: &AccountId, thread: &str) -> ConversationId {
        ConversationId::from_bytes(self.hash(&["conversation", tenant.as_str(), account.as_str(), thread]))
    }

    /// Key part for something that a channel or a client named, e.g. `["message", account, "wamid…"]`. 26 characters.
    pub fn name(&self, tenant: &TenantId, parts: &[&str]) -> String {
        let all: Vec<&str> = [tenant.as_str()].into_iter().chain(parts.iter().copied()).collect();
        let mut text = base32().encode(&self.hash(&all));
        text.truncate(26);
        text
    }

    /// As [`IdKey::name`], for what belongs to no tenant (a login's e-mail address).
    pub fn global(&self, parts: &[&str]) -> String {
        let mut text = base32().encode(&self.hash(parts));
        text.truncate(26);
        text
    }

    /// The first 128 bits of HMAC-SHA256 over the parts, each preceded by its length, so that no two lists collide.
    fn hash(&self, parts: &[&str]) -> [u8; 16] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let mut first = [0; 16];
        first.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        first
    }
}

impl std::fmt::Debug for IdKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_depends_on_the_key_the_tenant_and_where_its_parts_end() {
        let (a, b) = (TenantId::from_bytes([1; 10]), TenantId::from_bytes([2; 10]));
        let key = IdKey::new(&[1; 32]);
        let names = [
            key.name(&a, &["x", "yz"]),
            key.name(&a, &["xy", "z"]),
            key.name(&b, &["x", "yz"]),
            IdKey::new(&[2; 32]).name(&a, &["x", "yz"]),
        ];
        for (i, name) in names.iter().enumerate() {
            assert_eq!(names.iter().position(|n| n == name), Some(i), "{names:?}");
        }
    }
}

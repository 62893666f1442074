//! The API's own keys: the first signs, all verify, so that a new one can be put in front without refusing anybody.

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

/// The secret holds no usable keys. The text never quotes it.
#[derive(Debug, thiserror::Error)]
#[error("the API's keys cannot be read: {0}")]
pub struct BadKeys(&'static str);

#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    keys: Vec<StoredKey>,
    /// What a stack generates for itself before anyone has rotated a key: one more, the last, called `0`.
    secret: Option<String>,
}

#[derive(Deserialize)]
struct StoredKey {
    kid: String,
    /// Hexadecimal.
    secret: String,
}

/// Never empty.
pub struct Keys(Vec<(String, Hmac<Sha256>)>);

impl Keys {
    /// From the secret's JSON, `{"keys": [{"kid", "secret"}…]}`.
    pub fn parse(json: &str) -> Result<Self, BadKeys> {
        let stored: Stored = serde_json::from_str(json).map_err(|_| BadKeys("no JSON of the known shape"))?;
        let first = stored.secret.map(|secret| StoredKey { kid: "0".to_owned(), secret });
        let keys: Vec<_> = stored.keys.into_iter().chain(first).map(prepared).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(BadKeys("there is none")) } else { Ok(Self(keys)) }
    }

    /// The name of the key that signs.
    pub fn signing_kid(&self) -> &str {
        &self.0[0].0
    }

    /// Signs with the first key. The parts are told apart by their lengths.
    pub fn mac(&self, parts: &[&str]) -> [u8; 32] {
        tag(&self.0[0].1, parts).finalize().into_bytes().into()
    }

    /// With each key, the signing one first: for what must be made again although the keys have moved on.
    pub fn macs<'a>(&'a self, parts: &'a [&str]) -> impl Iterator<Item = [u8; 32]> + 'a {
        self.0.iter().map(|(_, key)| tag(key, parts).finalize().into_bytes().into())
    }

    /// Whether one of the keys makes this of the parts. In constant time.
    pub fn is_mac(&self, parts: &[&str], mac: &[u8]) -> bool {
        self.0.iter().any(|(_, key)| tag(key, parts).verify_slice(mac).is_ok())
    }

    /// Whether the key of this name made this MAC, the whole of it, of these bytes.
    pub fn signed(&self, kid: &str, bytes: &[u8], mac: &[u8]) -> bool {
        let key = self.0.iter().find(|(name, _)| name == kid);
        key.is_some_and(|(_, key)| key.clone().chain_update(bytes).verify_slice(mac).is_ok())
    }

    pub fn sign(&self, bytes: &[u8]) -> [u8; 32] {
        self.0[0].1.clone().chain_update(bytes).finalize().into_bytes().into()
    }
}

fn prepared(key: StoredKey) -> Result<(String, Hmac<Sha256>), BadKeys> {
    let secret = hex::decode(key.secret).map_err(|_| BadKeys("a secret is not hexadecimal"))?;
    if secret.is_empty() {
        return Err(BadKeys("a secret is empty"));
    }
    let mac = Hmac::new_from_slice(&secret).map_err(|_| BadKeys("a secret is of no use"))?;
    Ok((key.kid, mac))
}

fn tag(key: &Hmac<Sha256>, parts: &[&str]) -> Hmac<Sha256> {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

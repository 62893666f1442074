//! How often something was tried: counters that a throttle judges. They fade by themselves.

use domain::Timestamp;

use crate::change::{When, Write};
use crate::item::{self, n};
use crate::store::Read;
use crate::{Global, Result, key};

/// Tries so far; the last may be long ago, for a faded counter is deleted late.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tries {
    #[serde(rename = "n")]
    pub count: u32,
    #[serde(rename = "at")]
    pub last: Timestamp,
}

impl Global<'_> {
    /// Of what has this name; it is stored as a keyed hash alone.
    pub async fn tries(&self, name: &str) -> Result<Option<Tries>> {
        let item = self.live().get(&self.tries_key(name)?, Read::Consistent).await?;
        item.map(item::decode).transpose()
    }

    /// Replaces what was `seen`. `false`: somebody else was faster. After `fades` nothing needs it.
    pub async fn set_tries(&self, name: &str, seen: Option<&Tries>, new: &Tries, fades: Timestamp) -> Result<bool> {
        let mut item = item::encode(&self.tries_key(name)?, new)?;
        item.insert("ttl".to_owned(), n(fades.seconds()));
        let when = match seen {
            None => When::Absent,
            Some(seen) => When::Is(vec![("n", Some(n(seen.count))), ("at", Some(item::s(&seen.last.to_string())))]),
        };
        self.live().write(&Write::Put(item, when)).await
    }

    fn tries_key(&self, name: &str) -> Result<key::Key> {
        Ok(key::tries(&self.tables.id_key()?.global(&["tries", name])))
    }
}

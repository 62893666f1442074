//! An object's fields, each as it came: to route by one and hand on the rest unread.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

/// The fields in their order. A list: an event has a handful, and there are a thousand events in a webhook.
#[derive(Debug, Default)]
pub(super) struct Parts<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Parts<'a> {
    /// Of a name that is there twice, the last.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, raw)| *raw)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, raw)| (&**name, *raw))
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}

impl<'a> IntoIterator for Parts<'a> {
    type Item = (Cow<'a, str>, &'a RawValue);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, raw)| (name, raw)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Parts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

/// A name or a word, taken from the text itself where nothing in it is escaped.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::with_capacity(8);
        while let Some((Name(name), raw)) = map.next_entry()? {
            parts.push((name, raw));
        }
        Ok(Parts(parts))
    }
}

pub(super) fn parts(raw: &RawValue) -> Option<Parts<'_>> {
    serde_json::from_str(raw.get()).ok()
}

pub(super) fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw.get()).ok()
}

/// Text, or a number as text; not empty.
pub(super) fn word<'a>(parts: &Parts<'a>, key: &str) -> Option<Cow<'a, str>> {
    let text = parts.get(key)?.get();
    if text.starts_with('"') {
        return serde_json::from_str(text).ok().map(|Name(word)| word).filter(|word| !word.is_empty());
    }
    crate::lenient::word(&serde_json::from_str(text).ok()?).map(Cow::Owned)
}

pub(super) fn first_word<'a>(parts: &Parts<'a>, keys: &[&str]) -> Option<Cow<'a, str>> {
    keys.iter().find_map(|key| word(parts, key))
}

//! A webhook in the shape that Meta documents, down to its changes in one pass instead of one for each level.

use serde::Deserialize;
use serde_json::value::RawValue;

/// [Shape](https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components), its fields given once and in plain letters.
#[derive(Deserialize)]
pub(super) struct Usual<'a> {
    object: &'a str,
    #[serde(borrow)]
    pub(super) entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    #[serde(borrow)]
    pub(super) changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Change<'a> {
    pub(super) field: &'a str,
    #[serde(borrow)]
    pub(super) value: &'a RawValue,
}

/// `None`: it has another shape, and is to be looked at part by part.
pub(super) fn usual(body: &[u8]) -> Option<Usual<'_>> {
    let usual: Usual<'_> = serde_json::from_slice(body).ok()?;
    let whole = usual.object == super::OBJECT && !usual.entry.is_empty() && usual.entry.iter().all(Entry::is_whole);
    whole.then_some(usual)
}

impl Entry<'_> {
    fn is_whole(&self) -> bool {
        !self.id.is_empty() && !self.changes.is_empty() && self.changes.iter().all(|change| !change.field.is_empty())
    }
}

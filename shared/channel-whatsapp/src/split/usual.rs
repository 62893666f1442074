//! A webhook of messages and statuses in the shape that Meta documents, down to the parts of each of them in one pass instead of one for
//! each level.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::parts::Parts;

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
    field: &'a str,
    #[serde(borrow)]
    pub(super) value: Value<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Value<'a> {
    #[serde(rename = "messaging_product", default)]
    _product: Option<&'a str>,
    #[serde(borrow)]
    pub(super) metadata: Metadata<'a>,
    #[serde(borrow, default)]
    pub(super) contacts: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) messages: Vec<Parts<'a>>,
    #[serde(borrow, default)]
    pub(super) statuses: Vec<Parts<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Metadata<'a> {
    pub(super) phone_number_id: &'a str,
}

/// `None`: it has another shape, and is to be looked at part by part.
pub(super) fn usual(body: &str) -> Option<Usual<'_>> {
    let usual: Usual<'_> = serde_json::from_str(body).ok()?;
    let whole = usual.object == super::OBJECT && !usual.entry.is_empty() && usual.entry.iter().all(Entry::is_whole);
    whole.then_some(usual)
}

impl Entry<'_> {
    fn is_whole(&self) -> bool {
        !self.id.is_empty() && !self.changes.is_empty() && self.changes.iter().all(Change::is_whole)
    }
}

impl Change<'_> {
    fn is_whole(&self) -> bool {
        let says_something = !self.value.messages.is_empty() || !self.value.statuses.is_empty();
        self.field == super::MESSAGES && !self.value.metadata.phone_number_id.is_empty() && says_something
    }
}

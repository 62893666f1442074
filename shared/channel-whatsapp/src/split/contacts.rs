//! Who is who in a change: its contacts, by their names.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::parts::{parts, word};

/// The contacts of a change: usually in the order of its messages, and sometimes not.
#[derive(Debug, Default)]
pub(super) struct Contacts<'a> {
    in_order: Vec<(&'a RawValue, Vec<Cow<'a, str>>)>,
    by_name: HashMap<Cow<'a, str>, &'a RawValue>,
}

impl<'a> Contacts<'a> {
    pub(super) fn of(raws: &[&'a RawValue]) -> Self {
        let names = |raw: &'a RawValue| match parts(raw) {
            Some(contact) => ["user_id", "wa_id"].iter().filter_map(|key| word(&contact, key)).collect(),
            None => Vec::new(),
        };
        let in_order: Vec<(&RawValue, Vec<Cow<'a, str>>)> = raws.iter().map(|raw| (*raw, names(raw))).collect();
        let mut by_name = HashMap::new();
        for (raw, names) in &in_order {
            for name in names {
                by_name.entry(name.clone()).or_insert(*raw);
            }
        }
        Self { in_order, by_name }
    }

    /// The contact of a message's writer. A message that does not name its writer is the only contact's, where there is one.
    pub(super) fn of_writer(&self, place: usize, names: &[Option<Cow<'a, str>>]) -> Option<&'a RawValue> {
        let known = |theirs: &Vec<Cow<'a, str>>| names.iter().flatten().any(|name| theirs.contains(name));
        let here = self.in_order.get(place).filter(|(_, theirs)| known(theirs)).map(|(raw, _)| *raw);
        here.or_else(|| self.named(names)).or_else(|| self.only(names))
    }

    /// As [`Contacts::of_writer`], where the contacts have no order of their own.
    pub(super) fn of_one(&self, names: &[Option<Cow<'a, str>>]) -> Option<&'a RawValue> {
        self.named(names).or_else(|| self.only(names))
    }

    /// What keeps the order of one customer: the name that the contact has first, else the first of these names.
    pub(super) fn thread_of_one(&self, names: &[Option<Cow<'a, str>>]) -> Option<Cow<'a, str>> {
        let contact = self.of_one(names).or_else(|| self.single());
        let theirs = contact.and_then(|raw| self.in_order.iter().find(|(known, _)| std::ptr::eq(*known, raw)));
        theirs.and_then(|(_, theirs)| theirs.first().cloned()).or_else(|| names.iter().flatten().next().cloned())
    }

    fn named(&self, names: &[Option<Cow<'a, str>>]) -> Option<&'a RawValue> {
        names.iter().flatten().find_map(|name| self.by_name.get(name).copied())
    }

    fn only(&self, names: &[Option<Cow<'a, str>>]) -> Option<&'a RawValue> {
        // A name without a digit is no number and no id: a form's label, as in the documentation's examples.
        let says_who = |name: &Cow<'a, str>| name.bytes().any(|b| b.is_ascii_digit());
        self.single().filter(|_| !names.iter().flatten().any(says_who))
    }

    pub(super) fn single(&self) -> Option<&'a RawValue> {
        match self.in_order.as_slice() {
            [(raw, _)] => Some(*raw),
            _ => None,
        }
    }
}

//! The pieces of a webhook, gathered by account and thread.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{RawEvent, Routed};

#[derive(Default)]
pub(super) struct Routes<'a> {
    pub(super) all: Vec<Routed<'a>>,
    /// The business account of the entry that is being split.
    pub(super) business: Option<String>,
    places: HashMap<(Cow<'a, str>, Cow<'a, str>), usize>,
}

impl<'a> Routes<'a> {
    pub(super) fn add(&mut self, account: Cow<'a, str>, thread: Cow<'a, str>, event: RawEvent<'a>) {
        let place = *self.places.entry((account.clone(), thread.clone())).or_insert_with(|| {
            let (account, business) = (Some(account.clone()), self.business.clone());
            self.all.push(Routed { account, business, thread, events: Vec::new(), unreadable: None });
            self.all.len() - 1
        });
        self.all[place].events.push(event);
    }

    pub(super) fn unreadable(&mut self, account: Option<Cow<'a, str>>, raw: &str) {
        self.all.push(Routed {
            account,
            business: self.business.clone(),
            thread: Cow::Borrowed("unreadable"),
            events: Vec::new(),
            unreadable: Some(raw.to_owned()),
        });
    }
}

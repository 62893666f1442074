//! The pieces of a webhook, gathered by account and thread.

use std::collections::HashMap;

use super::Routed;
use super::parts::Parts;
use crate::piece::Piece;

#[derive(Default)]
pub(super) struct Routes {
    pub(super) all: Vec<Routed>,
    /// The business account of the entry that is being split.
    pub(super) business: Option<String>,
    places: HashMap<(String, String), usize>,
}

impl Routes {
    pub(super) fn add(&mut self, account: &str, thread: &str, piece: &Piece<'_, &Parts<'_>>) {
        let Ok(event) = serde_json::value::to_raw_value(piece) else { return };
        let place = *self.places.entry((account.to_owned(), thread.to_owned())).or_insert_with(|| {
            let (account, thread) = (Some(account.to_owned()), thread.to_owned());
            let business = self.business.clone();
            self.all.push(Routed { account, business, thread, events: Vec::new(), unreadable: None });
            self.all.len() - 1
        });
        self.all[place].events.push(event);
    }

    pub(super) fn unreadable(&mut self, account: Option<&str>, raw: &str) {
        self.all.push(Routed {
            account: account.map(str::to_owned),
            business: self.business.clone(),
            thread: "unreadable".to_owned(),
            events: Vec::new(),
            unreadable: Some(raw.to_owned()),
        });
    }
}

//! What is stored, by its keys, and what its indexes show of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::expression::Bound;
use super::stream::Stream;
use super::{Image, Item, text};

/// An index of the truth table: its name, partition key and sort key.
pub(super) const INDEXES: [(&str, &str, &str); 3] =
    [("INBOX", "i_pk", "l_sk"), ("OWNER", "o_pk", "l_sk"), ("DUE", "d_pk", "d_sk")];

/// A condition that did not hold.
pub(super) struct Unmet;

type Keys = (String, String);
type Partition = BTreeMap<String, Stored>;

pub(super) struct Stored {
    pub(super) item: Image,
    /// What it was before the newest write.
    before: Option<Image>,
    written_at: i64,
}

/// Where an item stands in an index: partition key, sort key, then its own keys.
pub(super) type Place = (String, String, String, String);

/// A change of an index that does not show yet.
struct Pending {
    at: i64,
    index: &'static str,
    gone: Option<Place>,
    shown: Option<(Place, Image)>,
}

#[derive(Default)]
pub(super) struct Tables {
    tables: BTreeMap<String, BTreeMap<String, Partition>>,
    indexes: BTreeMap<&'static str, BTreeMap<Place, Image>>,
    /// What the indexes will show, and when.
    pending: VecDeque<Pending>,
    lag: i64,
    pub(super) stream: Stream,
}

impl Tables {
    pub(super) fn lagging(lag: i64) -> Self {
        Self { lag, ..Self::default() }
    }

    pub(super) fn get(&self, table: &str, key: &Value, stale: bool) -> Option<&Item> {
        let stored = self.tables.get(table)?.get(text(&key["pk"]["S"]))?.get(text(&key["sk"]["S"]))?;
        Some(stored.before.as_ref().filter(|_| stale).unwrap_or(&stored.item))
    }

    pub(super) fn partition(&self, table: &str, pk: &str) -> Option<&Partition> {
        self.tables.get(table)?.get(pk)
    }

    /// How long ago the truth table's partition was first written to, in milliseconds.
    pub(super) fn age(&self, pk: &str, now: i64) -> Option<i64> {
        self.partition("truth", pk)?.values().map(|stored| now - stored.written_at).max()
    }

    /// An index as it shows itself now.
    pub(super) fn index(&mut self, name: &str, now: i64) -> Option<&BTreeMap<Place, Image>> {
        while let Some(change) = self.pending.pop_front_if(|change| change.at <= now) {
            let index = self.indexes.entry(change.index).or_default();
            change.gone.and_then(|place| index.remove(&place));
            if let Some((place, item)) = change.shown {
                index.insert(place, item);
            }
        }
        self.indexes.get(name)
    }

    pub(super) fn items(&self, table: &str) -> impl Iterator<Item = &Item> {
        let partitions = self.tables.get(table).into_iter().flat_map(|t| t.values());
        partitions.flat_map(|p| p.values().map(|stored| &*stored.item))
    }

    pub(super) fn check(&self, action: &str, write: &Value) -> Result<(), Unmet> {
        let Some(condition) = write["ConditionExpression"].as_str() else { return Ok(()) };
        let (pk, sk) = keys(action, write);
        let table = self.tables.get(text(&write["TableName"]));
        let item = table.and_then(|t| t.get(&pk)).and_then(|p| p.get(&sk)).map(|stored| &*stored.item);
        if Bound::of(write).holds(condition, item) { Ok(()) } else { Err(Unmet) }
    }

    /// Does the write; returns what was there.
    pub(super) fn apply(&mut self, action: &str, write: &Value, now: i64) -> Option<Image> {
        let table = text(&write["TableName"]);
        let (pk, sk) = keys(action, write);
        let partition = self.tables.entry(table.to_owned()).or_default().entry(pk.clone()).or_default();
        let old = partition.get(&sk).map(|stored| Arc::clone(&stored.item));
        let new = match action {
            "PutItem" => write["Item"].as_object().cloned(),
            "UpdateItem" => {
                let at_first = || write["Key"].as_object().cloned().unwrap_or_default();
                let mut item = old.as_deref().cloned().unwrap_or_else(at_first);
                Bound::of(write).change(text(&write["UpdateExpression"]), &mut item);
                Some(item)
            }
            _ => None,
        };
        let new = new.map(Arc::new);
        match new.clone() {
            Some(item) => drop(partition.insert(sk.clone(), Stored { item, before: old.clone(), written_at: now })),
            None => drop(partition.remove(&sk)),
        }
        if table == "truth" {
            self.show(&(pk, sk), old.as_ref(), new.as_ref(), now);
            self.stream.tell(old.clone(), new, now);
        }
        old
    }

    fn show(&mut self, keys: &Keys, old: Option<&Image>, new: Option<&Image>, now: i64) {
        for (name, pk, sk) in INDEXES {
            let (gone, place) = (old.and_then(|i| place(keys, i, pk, sk)), new.and_then(|i| place(keys, i, pk, sk)));
            let shown = place.zip(new.cloned());
            if gone.is_some() || shown.is_some() {
                self.pending.push_back(Pending { at: now + self.lag, index: name, gone, shown });
            }
        }
    }
}

fn place((pk, sk): &Keys, item: &Item, index_pk: &str, index_sk: &str) -> Option<Place> {
    let at = |name: &str| item.get(name).and_then(|v| v["S"].as_str()).map(str::to_owned);
    Some((at(index_pk)?, at(index_sk)?, pk.clone(), sk.clone()))
}

fn keys(action: &str, write: &Value) -> Keys {
    let key = if action == "PutItem" { &write["Item"] } else { &write["Key"] };
    (text(&key["pk"]["S"]).to_owned(), text(&key["sk"]["S"]).to_owned())
}

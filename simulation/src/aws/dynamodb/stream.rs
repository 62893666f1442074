//! The truth table's stream: what changed, with both images, dealt out to shards by partition key.

use bootstrap::stream::{StreamChange, StreamRecord};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Image, Item};

/// Shards of the stream: order is promised for one item, and for nothing across them.
pub const SHARDS: usize = 4;

/// One change of one item.
#[derive(Clone, Debug)]
pub struct Change {
    pub number: u64,
    at: i64,
    pub old: Option<Image>,
    pub new: Option<Image>,
}

#[derive(Default)]
pub struct Stream {
    shards: [Vec<Change>; SHARDS],
    told: u64,
}

impl Stream {
    pub(super) fn tell(&mut self, old: Option<Image>, new: Option<Image>, now: i64) {
        if old == new {
            return; // DynamoDB tells of changes alone.
        }
        self.told += 1;
        let pk = new.as_ref().or(old.as_ref()).and_then(|item| item["pk"]["S"].as_str()).unwrap_or_default();
        self.shards[shard(pk)].push(Change { number: self.told, at: now, old, new });
    }

    /// How many changes there were.
    pub fn told(&self) -> u64 {
        self.told
    }

    /// The changes of a shard from a place on.
    pub fn after(&self, shard: usize, place: usize) -> &[Change] {
        &self.shards[shard][place.min(self.shards[shard].len())..]
    }
}

/// FNV-1a: any hash will do that is the same in every run.
fn shard(pk: &str) -> usize {
    let hash = pk.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (hash % SHARDS as u64) as usize
}

impl Change {
    pub fn sequence_number(&self) -> String {
        format!("{:021}", self.number)
    }

    pub fn sort_key(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).and_then(|item| item["sk"]["S"].as_str()).unwrap_or_default()
    }

    /// As a function reads it off what Lambda hands over.
    pub fn read(&self) -> StreamRecord<serde_dynamo::Item> {
        let image = |image: &Option<Image>| {
            image.as_deref().map(|item| serde_dynamo::Item::deserialize(item).expect("an item as on the wire"))
        };
        StreamRecord {
            change: StreamChange {
                sequence_number: self.sequence_number(),
                approximate_creation_date_time: self.seconds(),
                old_image: image(&self.old),
                new_image: image(&self.new),
            },
        }
    }

    fn seconds(&self) -> f64 {
        self.at as f64 / 1_000.0
    }

    /// As Lambda writes it down.
    pub fn record(&self) -> Value {
        let image = self.new.as_ref().or(self.old.as_ref());
        let keys: Item = image
            .into_iter()
            .flat_map(|item| item.iter())
            .filter(|(name, _)| ["pk", "sk"].contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut change = json!({
            "Keys": keys, "SequenceNumber": self.sequence_number(), "ApproximateCreationDateTime": self.seconds(),
        });
        for (name, image) in [("OldImage", &self.old), ("NewImage", &self.new)] {
            if let Some(image) = image {
                change[name] = Value::Object(Item::clone(image));
            }
        }
        json!({ "eventName": "MODIFY", "dynamodb": change })
    }
}

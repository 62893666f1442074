//! Items as the tables hold them, and how they become nouns.

pub(crate) mod contact;
pub(crate) mod head;
pub(crate) mod message;
pub(crate) mod pointer;
pub(crate) mod text;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::key::Key;
use crate::{Error, Result};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The item of these attributes under this key.
pub(crate) fn encode<T: Serialize>(key: &Key, attributes: &T) -> Result<Item> {
    let mut item: Item =
        serde_dynamo::aws_sdk_dynamodb_1::to_item(attributes).map_err(|e| Error::Corrupt(e.to_string()))?;
    item.insert("pk".to_owned(), s(&key.pk));
    item.insert("sk".to_owned(), s(&key.sk));
    Ok(item)
}

/// Attributes that this version does not know are passed over.
pub(crate) fn decode<T: DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|e| Error::Corrupt(e.to_string()))
}

pub(crate) fn key_of(item: &Item) -> Result<Key> {
    let part = |name: &str| match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text.clone()),
        Some(_) | None => Err(Error::Corrupt(format!("an item without {name}"))),
    };
    Ok(Key { pk: part("pk")?, sk: part("sk")? })
}

/// What a key says after its last `#`, parsed.
pub(crate) fn tail<T: std::str::FromStr>(key: &str) -> Result<T> {
    let text = key.rsplit('#').next().unwrap_or_default();
    text.parse().map_err(|_| Error::Corrupt("a key that ends in no id".to_owned()))
}

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

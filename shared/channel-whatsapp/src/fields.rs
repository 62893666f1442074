//! An object that is read field by field, whatever form its fields have. It remembers whether anything was left over.

use std::cell::Cell;
use std::rc::Rc;

use domain::Timestamp;
use serde_json::{Map, Value};

use crate::lenient;

/// Whether something of a payload was not read: then it is kept as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leftovers(Rc<Cell<bool>>);

impl Leftovers {
    pub(crate) fn any(&self) -> bool {
        self.0.get()
    }

    pub(crate) fn add(&self) {
        self.0.set(true);
    }
}

/// What is asked for is taken out. What is not of the asked form stays, and is a leftover.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    left: Map<String, Value>,
    leftovers: Leftovers,
}

impl Fields {
    pub(crate) fn of(value: Value, leftovers: &Leftovers) -> Option<Self> {
        match value {
            Value::Object(left) => Some(Self { left, leftovers: leftovers.clone() }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                leftovers.add();
                None
            }
        }
    }

    /// Text, or a number as text; empty is absent.
    pub(crate) fn word(&mut self, key: &str) -> Option<String> {
        if self.left.get(key).is_some_and(|v| v.is_null() || v.as_str() == Some("")) {
            self.left.remove(key);
        }
        self.read(key, lenient::word)
    }

    /// Text as it is, also where it is empty.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        self.read(key, |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn time(&mut self, key: &str) -> Option<Timestamp> {
        self.read(key, lenient::time)
    }

    pub(crate) fn number(&mut self, key: &str) -> Option<i64> {
        self.read(key, |value| lenient::word(value)?.parse().ok())
    }

    pub(crate) fn decimal(&mut self, key: &str) -> Option<String> {
        self.read(key, lenient::decimal)
    }

    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        self.read(key, Value::as_bool)
    }

    pub(crate) fn object(&mut self, key: &str) -> Option<Self> {
        let value = self.left.get(key).filter(|v| v.is_object())?.clone();
        self.left.remove(key);
        Self::of(value, &self.leftovers)
    }

    /// The objects of a list; other elements are leftovers.
    pub(crate) fn objects(&mut self, key: &str) -> Vec<Self> {
        let Some(Value::Array(_)) = self.left.get(key) else { return Vec::new() };
        match self.left.remove(key) {
            Some(Value::Array(all)) => all.into_iter().filter_map(|v| Self::of(v, &self.leftovers)).collect(),
            Some(_) | None => Vec::new(),
        }
    }

    /// What is known to say nothing to us.
    pub(crate) fn ignore(&mut self, keys: &[&str]) {
        keys.iter().for_each(|key| drop(self.left.remove(*key)));
    }

    fn read<T>(&mut self, key: &str, as_a: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let read = self.left.get(key).and_then(as_a)?;
        self.left.remove(key);
        Some(read)
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        if self.left.values().any(|value| !value.is_null()) {
            self.leftovers.add();
        }
    }
}

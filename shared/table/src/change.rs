//! Writes as values: what to put or change, and on which condition.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::Item;
use crate::key::Key;

/// What must hold of the stored item for a write to happen.
#[derive(Clone, Debug)]
pub(crate) enum When {
    Always,
    /// There is no such item.
    Absent,
    /// There is one.
    Present,
    /// Each of these attributes (a path of at most two names) is as here; `None` is absent.
    Is(Vec<(&'static str, Option<AttributeValue>)>),
    /// The attribute is absent or greater.
    AbsentOrAbove(&'static str, AttributeValue),
    /// There is no such item, or the attribute is lower.
    AbsentOrBelow(&'static str, AttributeValue),
    /// There is one, and the attribute is lower.
    Below(&'static str, AttributeValue),
    /// There is no such item, or the attribute is as here.
    AbsentOr(&'static str, AttributeValue),
}

#[derive(Clone, Debug)]
pub(crate) enum Write {
    Put(Item, When),
    /// Sets and removes attributes; the others stay, also those that this version does not know.
    Update(Key, Change, When),
    Delete(Key, When),
}

/// The difference of two versions of an item, by path.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Change {
    pub(crate) set: Vec<(String, AttributeValue)>,
    pub(crate) remove: Vec<String>,
}

impl Change {
    pub(crate) fn set(mut self, path: &str, value: AttributeValue) -> Self {
        self.set.push((path.to_owned(), value));
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// What makes `new` of `old`. A message's facts (`f`) are compared one by one, so that two writers of different facts
    /// do not undo each other's.
    pub(crate) fn between(old: &Item, new: &Item) -> Self {
        let mut change = Self::default();
        change.compare("", old, new);
        change.set.sort_by(|a, b| a.0.cmp(&b.0));
        change.remove.sort();
        change
    }

    fn compare(&mut self, prefix: &str, old: &Item, new: &Item) {
        for (name, value) in new {
            match (old.get(name), value) {
                (Some(before), after) if before == after => {}
                (Some(AttributeValue::M(before)), AttributeValue::M(after)) if name == "f" && prefix.is_empty() => {
                    self.compare("f.", before, after);
                }
                (_, after) => self.set.push((format!("{prefix}{name}"), after.clone())),
            }
        }
        let gone = old.keys().filter(|name| !new.contains_key(*name));
        self.remove.extend(gone.map(|name| format!("{prefix}{name}")));
    }

    /// Whether it touches this attribute.
    pub(crate) fn touches(&self, path: &str) -> bool {
        self.set.iter().any(|(p, _)| p == path) || self.remove.iter().any(|p| p == path)
    }
}

/// An expression's text, with its names and values. Values are called after the attribute they go to, which the guard
/// relies on: the new value of `i_pk` is `:i_pk`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expressions {
    pub(crate) update: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Expressions {
    pub(crate) fn of(change: Option<&Change>, when: &When) -> Self {
        let mut all = Self::default();
        all.update = change.map(|c| all.update_text(c));
        all.condition = all.condition_text(when);
        all
    }

    fn update_text(&mut self, change: &Change) -> String {
        let sets: Vec<String> =
            change.set.iter().map(|(p, v)| format!("{} = {}", self.path(p), self.value(":", p, v))).collect();
        let removes: Vec<String> = change.remove.iter().map(|p| self.path(p)).collect();
        let clause = |word: &str, parts: Vec<String>| match parts.is_empty() {
            true => String::new(),
            false => format!("{word} {} ", parts.join(", ")),
        };
        format!("{}{}", clause("SET", sets), clause("REMOVE", removes)).trim_end().to_owned()
    }

    fn condition_text(&mut self, when: &When) -> Option<String> {
        let absent = || "attribute_not_exists(pk)".to_owned();
        Some(match when {
            When::Always => return None,
            When::Absent => absent(),
            When::Present => "attribute_exists(pk)".to_owned(),
            When::Is(all) => {
                let parts = all.iter().map(|(path, value)| match value {
                    Some(value) => format!("{} = {}", self.path(path), self.value(":is_", path, value)),
                    None => format!("attribute_not_exists({})", self.path(path)),
                });
                ["attribute_exists(pk)".to_owned()].into_iter().chain(parts).collect::<Vec<_>>().join(" AND ")
            }
            When::AbsentOrAbove(path, value) => {
                format!("{} OR {} > {}", absent(), self.path(path), self.value(":is_", path, value))
            }
            When::AbsentOrBelow(path, value) => {
                format!("{} OR {} < {}", absent(), self.path(path), self.value(":is_", path, value))
            }
            When::Below(path, value) => {
                format!("attribute_exists(pk) AND {} < {}", self.path(path), self.value(":is_", path, value))
            }
            When::AbsentOr(path, value) => {
                format!("{} OR {} = {}", absent(), self.path(path), self.value(":is_", path, value))
            }
        })
    }

    fn path(&mut self, path: &str) -> String {
        let parts = path.split('.').map(|name| {
            self.names.insert(format!("#{name}"), name.to_owned());
            format!("#{name}")
        });
        parts.collect::<Vec<_>>().join(".")
    }

    fn value(&mut self, sigil: &str, path: &str, value: &AttributeValue) -> String {
        let name = format!("{sigil}{}", path.replace('.', "_"));
        self.values.insert(name.clone(), value.clone());
        name
    }

    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(crate) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    #[test]
    fn a_change_names_what_differs_and_nothing_else() {
        let facts = |value: &str| AttributeValue::M([("n".to_owned(), s("1")), ("a".to_owned(), s(value))].into());
        let old: Item = [("x".to_owned(), s("1")), ("gone".to_owned(), s("1")), ("f".to_owned(), facts("1"))].into();
        let new: Item = [("x".to_owned(), s("1")), ("y".to_owned(), s("2")), ("f".to_owned(), facts("2"))].into();
        let change = Change::between(&old, &new);
        let expected =
            Change { set: vec![("f.a".to_owned(), s("2")), ("y".to_owned(), s("2"))], remove: vec!["gone".to_owned()] };
        assert_eq!(change, expected);
        let text = Expressions::of(Some(&change), &When::Is(vec![("rev", None)]));
        assert_eq!(text.update.as_deref(), Some("SET #f.#a = :f_a, #y = :y REMOVE #gone"));
        assert_eq!(text.condition.as_deref(), Some("attribute_exists(pk) AND attribute_not_exists(#rev)"));
    }
}

//! The conditions and changes that `table` writes: a few forms, and no other.

use serde_json::{Map, Value};

use super::{Item, text};

/// Names and values that an expression refers to.
pub(super) struct Bound<'a> {
    names: &'a Value,
    values: &'a Value,
}

impl<'a> Bound<'a> {
    pub(super) fn of(request: &'a Value) -> Self {
        Self { names: &request["ExpressionAttributeNames"], values: &request["ExpressionAttributeValues"] }
    }

    fn path(&self, spelt: &str) -> Vec<String> {
        let name =
            |part: &str| if part.starts_with('#') { text(&self.names[part]).to_owned() } else { part.to_owned() };
        spelt.split('.').map(name).collect()
    }

    pub(super) fn value(&self, spelt: &str) -> &'a Value {
        let value = &self.values[spelt];
        assert!(!value.is_null(), "the value {spelt} is missing");
        value
    }

    fn at<'i>(&self, item: Option<&'i Item>, spelt: &str) -> Option<&'i Value> {
        let path = self.path(spelt);
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(item?.get(first)?, |at, name| at.get("M")?.get(name))
    }

    /// Whether an item, or none, fulfils a condition.
    pub(super) fn holds(&self, condition: &str, item: Option<&Item>) -> bool {
        match condition.contains(" OR ") {
            true => condition.split(" OR ").any(|term| self.term(term, item)),
            false => condition.split(" AND ").all(|term| self.term(term, item)),
        }
    }

    fn term(&self, term: &str, item: Option<&Item>) -> bool {
        let within = |function: &str| term.strip_prefix(function).and_then(|rest| rest.strip_suffix(')'));
        if let Some(path) = within("attribute_not_exists(") {
            return self.at(item, path).is_none();
        }
        if let Some(path) = within("attribute_exists(") {
            return self.at(item, path).is_some();
        }
        let words: Vec<&str> = term.split(' ').collect();
        let [path, sign, value] = words[..] else { unreachable!("the condition {term:?} is of no known form") };
        let Some(found) = self.at(item, path) else { return false };
        let order = compare(found, self.value(value));
        match sign {
            "=" => order == Some(std::cmp::Ordering::Equal),
            "<" => order == Some(std::cmp::Ordering::Less),
            ">" => order == Some(std::cmp::Ordering::Greater),
            _ => unreachable!("the condition {term:?} is of no known form"),
        }
    }

    /// Does what an update says.
    pub(super) fn change(&self, expression: &str, item: &mut Item) {
        let (set, remove) = match expression.split_once("REMOVE ") {
            Some((set, remove)) => (set.trim(), remove.trim()),
            None => (expression.trim(), ""),
        };
        for part in set.strip_prefix("SET ").unwrap_or_default().split(", ").filter(|p| !p.is_empty()) {
            let Some((path, value)) = part.split_once(" = ") else {
                unreachable!("the change {part:?} is of no known form")
            };
            put(item, &self.path(path), self.value(value).clone());
        }
        for path in remove.split(", ").filter(|p| !p.is_empty()) {
            let path = self.path(path);
            match &path[..] {
                [name] => drop(item.remove(name)),
                [name, inner] => {
                    let map = item.get_mut(name).and_then(|m| m.get_mut("M")).and_then(Value::as_object_mut);
                    drop(map.and_then(|m| m.remove(inner)));
                }
                _ => unreachable!("no attribute lies so deep"),
            }
        }
    }
}

fn put(item: &mut Item, path: &[String], value: Value) {
    match path {
        [name] => drop(item.insert(name.clone(), value)),
        [name, inner] => {
            let map = item.get_mut(name).and_then(|m| m.get_mut("M")).and_then(Value::as_object_mut);
            let map: &mut Map<String, Value> = map.expect("DynamoDB refuses a path into what is not there");
            map.insert(inner.clone(), value);
        }
        _ => unreachable!("no attribute lies so deep"),
    }
}

/// Values of one type in their order; of different types there is none.
pub(super) fn compare(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    if a == b {
        return Some(std::cmp::Ordering::Equal);
    }
    match (&a["S"], &b["S"], &a["N"], &b["N"]) {
        (Value::String(a), Value::String(b), _, _) => Some(a.as_bytes().cmp(b.as_bytes())),
        (_, _, Value::String(a), Value::String(b)) => {
            let number = |text: &str| text.parse::<i128>().expect("only whole numbers are stored");
            Some(number(a).cmp(&number(b)))
        }
        _ => None,
    }
}

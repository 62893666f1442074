//! Resolves `Ref`, `Fn::Sub`, `Fn::GetAtt`, `Fn::If` and their kin, against parameters, conditions and local names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Refusal;
use super::names::Names;

/// The deepest nesting that a template may have; a reference that leads back to itself ends here.
const DEPTH_MAX: usize = 64;

/// What an intrinsic may speak of: the template as it was read, and what the outside has chosen.
pub(super) struct Scope<'a> {
    pub(super) document: &'a Value,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) names: &'a Names,
}

impl Scope<'_> {
    /// The value with every intrinsic replaced; `None` stands for `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Value, at: &str) -> Result<Option<Value>, Refusal> {
        self.walk(value, at, 0)
    }

    /// As [`Self::resolve`], for a place where only text makes sense.
    pub(super) fn text(&self, value: &Value, at: &str, depth: usize) -> Result<String, Refusal> {
        match self.walk(value, at, depth)? {
            Some(Value::String(text)) => Ok(text),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(Value::Bool(truth)) => Ok(truth.to_string()),
            other => Err(Refusal::new(at, format!("expected text, found {}", other.unwrap_or_default()))),
        }
    }

    /// Whether a named condition holds. A name that no condition has is refused.
    pub(super) fn condition(&self, name: &str, at: &str, depth: usize) -> Result<bool, Refusal> {
        let stated = &self.document["Conditions"][name];
        if stated.is_null() {
            return Err(Refusal::new(at, format!("no condition is called {name}")));
        }
        self.truth(stated, at, deeper(depth, at)?)
    }

    fn walk(&self, value: &Value, at: &str, depth: usize) -> Result<Option<Value>, Refusal> {
        let depth = deeper(depth, at)?;
        match value {
            Value::Object(object) => match intrinsic(object) {
                Some((name, argument)) => self.call(name, argument, at, depth),
                None => self.object(object, at, depth).map(Some),
            },
            Value::Array(items) => {
                let mut resolved = Vec::with_capacity(items.len());
                for item in items {
                    resolved.extend(self.walk(item, at, depth)?);
                }
                Ok(Some(Value::Array(resolved)))
            }
            plain => Ok(Some(plain.clone())),
        }
    }

    fn object(&self, object: &Map<String, Value>, at: &str, depth: usize) -> Result<Value, Refusal> {
        let mut resolved = Map::new();
        for (key, value) in object {
            if let Some(value) = self.walk(value, &format!("{at}.{key}"), depth)? {
                resolved.insert(key.clone(), value);
            }
        }
        Ok(Value::Object(resolved))
    }

    fn call(&self, name: &str, argument: &Value, at: &str, depth: usize) -> Result<Option<Value>, Refusal> {
        let pair = || argument.as_array().filter(|pair| pair.len() == 2).ok_or_else(|| malformed(name, at));
        match name {
            "Ref" => match argument.as_str().ok_or_else(|| malformed(name, at))? {
                "AWS::NoValue" => Ok(None),
                target => self.reference(target, at, depth).map(Some),
            },
            "Fn::GetAtt" => {
                let [logical, attribute] = pair()?.as_slice() else { return Err(malformed(name, at)) };
                let (Some(logical), Some(attribute)) = (logical.as_str(), attribute.as_str()) else {
                    return Err(malformed(name, at));
                };
                self.names.attribute(self, logical, attribute, at, depth).map(|text| Some(Value::String(text)))
            }
            "Fn::Sub" => self.substitute(argument, at, depth).map(|text| Some(Value::String(text))),
            "Fn::Join" => {
                let [separator, parts] = pair()?.as_slice() else { return Err(malformed(name, at)) };
                let parts = self.list(parts, name, at, depth)?;
                Ok(Some(Value::String(parts.join(separator.as_str().unwrap_or_default()))))
            }
            "Fn::Split" => {
                let [separator, text] = pair()?.as_slice() else { return Err(malformed(name, at)) };
                let text = self.text(text, at, depth)?;
                let parts = text.split(separator.as_str().unwrap_or(",")).map(|part| Value::String(part.to_owned()));
                Ok(Some(parts.collect()))
            }
            "Fn::Select" => {
                let [index, list] = pair()?.as_slice() else { return Err(malformed(name, at)) };
                let index: usize = self.text(index, at, depth)?.parse().map_err(|_| malformed(name, at))?;
                let chosen = self.list(list, name, at, depth)?.into_iter().nth(index);
                chosen.map(|text| Some(Value::String(text))).ok_or_else(|| malformed(name, at))
            }
            "Fn::If" => {
                let Some([condition, then, otherwise]) = argument.as_array().map(Vec::as_slice) else {
                    return Err(malformed(name, at));
                };
                let holds = self.condition(condition.as_str().unwrap_or_default(), at, depth)?;
                self.walk(if holds { then } else { otherwise }, at, depth)
            }
            "Fn::FindInMap" => {
                let path = self.list(argument, name, at, depth)?;
                let found = path.iter().fold(&self.document["Mappings"], |map, key| &map[key.as_str()]);
                if found.is_null() { Err(malformed(name, at)) } else { Ok(Some(found.clone())) }
            }
            unknown => Err(Refusal::new(at, format!("unknown intrinsic {unknown}"))),
        }
    }

    fn list(&self, value: &Value, name: &str, at: &str, depth: usize) -> Result<Vec<String>, Refusal> {
        let Some(Value::Array(items)) = self.walk(value, at, depth)? else { return Err(malformed(name, at)) };
        items.iter().map(|item| self.text(item, at, depth)).collect()
    }

    fn reference(&self, target: &str, at: &str, depth: usize) -> Result<Value, Refusal> {
        if let Some(value) = self.parameters.get(target) {
            return Ok(value.clone());
        }
        self.names.reference(self, target, at, depth).map(Value::String)
    }

    fn substitute(&self, argument: &Value, at: &str, depth: usize) -> Result<String, Refusal> {
        let none = Value::Null;
        let (pattern, own) = match argument {
            Value::String(pattern) => (pattern.as_str(), &none),
            Value::Array(pair) if pair.len() == 2 => (pair[0].as_str().unwrap_or_default(), &pair[1]),
            _ => return Err(malformed("Fn::Sub", at)),
        };
        let mut text = String::new();
        let mut rest = pattern;
        while let Some(start) = rest.find("${") {
            let end = rest[start..].find('}').ok_or_else(|| malformed("Fn::Sub", at))? + start;
            let name = &rest[start + 2..end];
            text.push_str(&rest[..start]);
            if let Some(literal) = name.strip_prefix('!') {
                text.push_str(&format!("${{{literal}}}")); // `${!X}` is how a template writes `${X}` itself.
            } else if !own[name].is_null() {
                text.push_str(&self.text(&own[name], at, depth)?);
            } else if let Some((logical, attribute)) = name.split_once('.') {
                text.push_str(&self.names.attribute(self, logical, attribute, at, depth)?);
            } else {
                text.push_str(&self.text(&self.reference(name, at, depth)?, at, depth)?);
            }
            rest = &rest[end + 1..];
        }
        text.push_str(rest);
        Ok(text)
    }

    fn truth(&self, stated: &Value, at: &str, depth: usize) -> Result<bool, Refusal> {
        let depth = deeper(depth, at)?;
        let (name, argument) = stated.as_object().and_then(intrinsic).ok_or_else(|| malformed("Conditions", at))?;
        let all = || argument.as_array().ok_or_else(|| malformed(name, at));
        match name {
            "Condition" => self.condition(argument.as_str().unwrap_or_default(), at, depth),
            "Fn::Equals" => match all()?.as_slice() {
                [left, right] => Ok(self.text(left, at, depth)? == self.text(right, at, depth)?),
                _ => Err(malformed(name, at)),
            },
            "Fn::Not" => match all()?.as_slice() {
                [one] => Ok(!self.truth(one, at, depth)?),
                _ => Err(malformed(name, at)),
            },
            "Fn::And" => all()?.iter().try_fold(true, |held, each| Ok(held & self.truth(each, at, depth)?)),
            "Fn::Or" => all()?.iter().try_fold(false, |held, each| Ok(held | self.truth(each, at, depth)?)),
            unknown => Err(Refusal::new(at, format!("unknown intrinsic {unknown} in a condition"))),
        }
    }
}

/// An object with the single key `Ref`, `Condition` or `Fn::…` is a call; a policy's `Condition` beside others is not.
fn intrinsic(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = object.iter().next().filter(|_| object.len() == 1)?;
    let is_call = name == "Ref" || name.starts_with("Fn::") || (name == "Condition" && argument.is_string());
    is_call.then_some((name, argument))
}

fn deeper(depth: usize, at: &str) -> Result<usize, Refusal> {
    if depth < DEPTH_MAX { Ok(depth + 1) } else { Err(Refusal::new(at, "references lead in a circle")) }
}

fn malformed(name: &str, at: &str) -> Refusal {
    Refusal::new(at, format!("{name} is malformed"))
}

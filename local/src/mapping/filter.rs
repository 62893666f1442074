//! Event filter patterns of a stream mapping.
//! [Syntax](https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).

use serde_json::Value;

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadPattern(String);

/// Whether any pattern matches; no pattern lets everything through.
pub fn passes(patterns: &[Value], record: &Value) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, Some(record)))
}

/// Refuses a pattern that would never mean what its author meant: a leaf that is no list, an unknown operator.
pub fn check(pattern: &Value) -> Result<(), BadPattern> {
    match pattern {
        Value::Object(fields) => fields.iter().try_for_each(|(name, below)| match (name.as_str(), below) {
            ("$or", Value::Array(branches)) => branches.iter().try_for_each(check),
            _ => check(below),
        }),
        Value::Array(rules) if rules.is_empty() => Err(BadPattern("an empty list matches nothing".to_owned())),
        Value::Array(rules) => rules.iter().try_for_each(check_rule),
        leaf => Err(BadPattern(format!("{leaf} is not in a list"))),
    }
}

fn check_rule(rule: &Value) -> Result<(), BadPattern> {
    let Value::Object(operator) = rule else {
        return if rule.is_array() { Err(BadPattern(format!("{rule} is a list in a list"))) } else { Ok(()) };
    };
    let known = ["prefix", "suffix", "equals-ignore-case", "anything-but", "exists", "numeric"];
    match operator.keys().next() {
        Some(name) if operator.len() == 1 && known.contains(&name.as_str()) => Ok(()),
        _ => Err(BadPattern(format!("{rule} is no operator of event filters"))),
    }
}

fn matches(pattern: &Value, value: Option<&Value>) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, below)| match (name.as_str(), below) {
            ("$or", Value::Array(branches)) => branches.iter().any(|branch| matches(branch, value)),
            _ => matches(below, value.and_then(|value| value.get(name))),
        }),
        Value::Array(rules) => rules.iter().any(|rule| leaf(rule, value)),
        _ => false,
    }
}

fn leaf(rule: &Value, value: Option<&Value>) -> bool {
    if let Some(expected) = rule.get("exists") {
        // Only leaves exist for a filter: an object is no value.
        return value.is_some_and(|value| !value.is_object()) == (*expected == Value::Bool(true));
    }
    match value {
        Some(Value::Array(items)) => items.iter().any(|item| scalar(rule, item)),
        Some(value) => scalar(rule, value),
        None => false,
    }
}

fn scalar(rule: &Value, value: &Value) -> bool {
    match rule {
        Value::Object(operator) => operator.iter().next().is_some_and(|(name, operand)| apply(name, operand, value)),
        plain => equal(plain, value),
    }
}

fn apply(operator: &str, operand: &Value, value: &Value) -> bool {
    let texts = || Some((value.as_str()?, operand.as_str()?));
    match operator {
        "prefix" => texts().is_some_and(|(text, prefix)| text.starts_with(prefix)),
        "suffix" => texts().is_some_and(|(text, suffix)| text.ends_with(suffix)),
        "equals-ignore-case" => texts().is_some_and(|(text, other)| text.to_lowercase() == other.to_lowercase()),
        "anything-but" => match operand {
            Value::Array(refused) => !refused.iter().any(|refused| equal(refused, value)),
            Value::Object(inner) => !inner.iter().any(|(name, operand)| apply(name, operand, value)),
            refused => !equal(refused, value),
        },
        "numeric" => value.as_f64().is_some_and(|number| numeric(operand, number)),
        _ => false,
    }
}

fn equal(expected: &Value, value: &Value) -> bool {
    match (expected.as_f64(), value.as_f64()) {
        (Some(expected), Some(value)) => expected == value, // 300 and 300.0 are one number.
        _ => expected == value,
    }
}

/// `[">", 0, "<=", 5]`: every pair must hold.
fn numeric(operand: &Value, number: f64) -> bool {
    let pairs = operand.as_array().map(Vec::as_slice).unwrap_or_default().chunks(2);
    let mut held = pairs.len() > 0;
    for pair in pairs {
        let (Some(sign), Some(bound)) = (pair[0].as_str(), pair.get(1).and_then(Value::as_f64)) else { return false };
        held &= match sign {
            "=" => number == bound,
            ">" => number > bound,
            ">=" => number >= bound,
            "<" => number < bound,
            "<=" => number <= bound,
            _ => false,
        };
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_passes_by_the_rules_of_its_leaves() {
        let head = json!({ "eventName": "MODIFY", "dynamodb": {
            "Keys": { "pk": { "S": "T#C#1" }, "sk": { "S": "H" } },
            "NewImage": { "out": { "S": "m1" }, "n": { "N": "7" } },
            "SizeBytes": 300, "tags": ["a", "b"] } });
        for (pattern, passed) in [
            (json!({ "eventName": ["MODIFY", "INSERT"] }), true),
            (json!({ "eventName": ["REMOVE"] }), false),
            (json!({ "dynamodb": { "Keys": { "sk": { "S": ["H"] } } } }), true),
            (json!({ "dynamodb": { "Keys": { "pk": { "S": [{ "prefix": "T#C#" }] } } } }), true),
            (json!({ "dynamodb": { "Keys": { "pk": { "S": [{ "suffix": "#2" }] } } } }), false),
            (json!({ "dynamodb": { "NewImage": { "out": { "S": [{ "exists": true }] } } } }), true),
            (json!({ "dynamodb": { "NewImage": { "out": [{ "exists": true }] } } }), false), // An object is no leaf.
            (json!({ "dynamodb": { "NewImage": { "due": { "S": [{ "exists": false }] } } } }), true),
            (json!({ "dynamodb": { "OldImage": { "out": { "S": [{ "exists": true }] } } } }), false),
            (json!({ "dynamodb": { "SizeBytes": [{ "numeric": [">", 100, "<=", 300] }] } }), true),
            (json!({ "dynamodb": { "SizeBytes": [{ "numeric": [">", 300] }] } }), false),
            (json!({ "dynamodb": { "Keys": { "sk": { "S": [{ "anything-but": ["P", "A"] }] } } } }), true),
            (json!({ "dynamodb": { "Keys": { "sk": { "S": [{ "anything-but": { "prefix": "H" } }] } } } }), false),
            (json!({ "dynamodb": { "tags": ["b"] } }), true),
            (json!({ "$or": [{ "eventName": ["REMOVE"] }, { "eventName": ["MODIFY"] }] }), true),
            (json!({ "eventName": ["MODIFY"], "dynamodb": { "Keys": { "sk": { "S": ["P"] } } } }), false),
        ] {
            assert_eq!(check(&pattern), Ok(()), "{pattern}");
            assert_eq!(passes(std::slice::from_ref(&pattern), &head), passed, "{pattern}");
        }
        assert!(passes(&[], &head), "no pattern lets everything through");
    }

    #[test]
    fn a_pattern_that_cannot_match_is_refused() {
        for (pattern, reason) in [
            (json!({ "eventName": "MODIFY" }), "\"MODIFY\" is not in a list"),
            (json!({ "eventName": [] }), "an empty list matches nothing"),
            (json!({ "sk": [{ "begins_with": "M" }] }), "{\"begins_with\":\"M\"} is no operator of event filters"),
        ] {
            assert_eq!(check(&pattern), Err(BadPattern(reason.to_owned())));
        }
    }
}

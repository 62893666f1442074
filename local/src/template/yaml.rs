//! Reads the template's YAML into JSON, each short tag (`!Ref X`) turned into its long form (`{"Ref": "X"}`).

use serde_json::{Map, Value, json};
use serde_norway::Value as Yaml;

use super::Refusal;

/// Parses a whole template. What YAML itself refuses (a tab, a repeated key) is named with its line.
pub(super) fn parse(text: &str) -> Result<Value, Refusal> {
    let yaml: Yaml = serde_norway::from_str(text).map_err(|fault| Refusal::new("template", fault))?;
    json_of(yaml)
}

fn json_of(yaml: Yaml) -> Result<Value, Refusal> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(truth) => Value::Bool(truth),
        Yaml::Number(number) => number_of(&number),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(json_of).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                object.insert(key_of(key)?, json_of(value)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => long_form(&tagged.tag.to_string(), json_of(tagged.value)?)?,
    })
}

fn number_of(number: &serde_norway::Number) -> Value {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), _, _) => json!(whole),
        (None, Some(whole), _) => json!(whole),
        (None, None, real) => json!(real),
    }
}

/// YAML reads a bare `200:` or `2012-10-17:` as a number or text; CloudFormation's keys are always text.
fn key_of(key: Yaml) -> Result<String, Refusal> {
    match key {
        Yaml::String(text) => Ok(text),
        Yaml::Number(number) => Ok(number.to_string()),
        Yaml::Bool(truth) => Ok(truth.to_string()),
        other => Err(Refusal::new("template", format!("a key is neither text nor number: {other:?}"))),
    }
}

fn long_form(tag: &str, value: Value) -> Result<Value, Refusal> {
    let name = tag.trim_start_matches('!');
    Ok(match name {
        "Ref" => json!({ "Ref": value }),
        "Condition" => json!({ "Condition": value }),
        "GetAtt" => json!({ "Fn::GetAtt": attribute_path(value)? }),
        "Sub" | "Join" | "If" | "Select" | "Split" | "Equals" | "And" | "Or" | "Not" | "FindInMap" => {
            json!({ format!("Fn::{name}"): value })
        }
        unknown => return Err(Refusal::new("template", format!("unknown intrinsic !{unknown}"))),
    })
}

/// `!GetAtt Queue.Arn` is text in YAML and a pair in the long form.
fn attribute_path(value: Value) -> Result<Value, Refusal> {
    match value {
        Value::String(path) => match path.split_once('.') {
            Some((logical, attribute)) => Ok(json!([logical, attribute])),
            None => Err(Refusal::new("template", format!("!GetAtt {path}: no attribute is named"))),
        },
        pair => Ok(pair),
    }
}

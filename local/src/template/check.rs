//! Refuses what the host does not know: a type, a property, an attribute, a section, each named with its resource.
//!
//! The vocabulary is `schema.yaml`: every type the template may use with all the properties it may give. A misspelt
//! property would otherwise be ignored here and fail, or worse, be ignored in AWS.

use std::sync::LazyLock;

use serde_json::Value;

use super::{Refusal, yaml};

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| yaml::parse(include_str!("schema.yaml")).expect("schema.yaml is part of the program and tested"));

/// Checks the document as it was written, both branches of each `Fn::If` included.
pub(super) fn check(document: &Value) -> Result<(), Refusal> {
    names("template", document, &SCHEMA["sections"])?;
    let resources = document["Resources"].as_object().ok_or_else(|| Refusal::new("template", "has no Resources"))?;
    for (logical, resource) in resources {
        names(logical, resource, &SCHEMA["resource"])?;
        let kind = resource["Type"].as_str().unwrap_or_default();
        let Some(properties) = SCHEMA["types"].get(kind) else {
            return Err(Refusal::new(logical, format!("unknown resource type {kind:?}")));
        };
        names(logical, &resource["Properties"], properties)?;
        if kind == "AWS::Serverless::Function" {
            events(logical, &resource["Properties"]["Events"])?;
        }
    }
    Ok(())
}

/// What a SAM event may say depends on its own type.
fn events(logical: &str, events: &Value) -> Result<(), Refusal> {
    for (name, event) in events.as_object().into_iter().flatten() {
        let at = format!("{logical}.Events.{name}");
        let kind = event["Type"].as_str().unwrap_or_default();
        match SCHEMA["events"].get(kind) {
            Some(properties) => names(&at, &event["Properties"], properties)?,
            None => return Err(Refusal::new(&at, format!("unknown event type {kind:?}"))),
        }
    }
    Ok(())
}

fn names(at: &str, value: &Value, known: &Value) -> Result<(), Refusal> {
    let Some(known) = known.as_object() else { return Ok(()) };
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| names(at, item, &Value::Object(known.clone()))),
        Value::Object(object) => {
            if let Some(branches) = object.get("Fn::If").and_then(Value::as_array) {
                return branches.iter().skip(1).try_for_each(|item| names(at, item, &Value::Object(known.clone())));
            }
            for (key, below) in object {
                if object.len() == 1 && (key == "Ref" || key.starts_with("Fn::")) {
                    continue; // `intrinsics` names the unknown ones.
                }
                match known.get(key).or_else(|| known.get("*")) {
                    Some(known) => names(&format!("{at}.{key}"), below, known)?,
                    None => return Err(Refusal::new(at, format!("unknown property {key}"))),
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

//! A queue's tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, queue};
use crate::aws::sqs::{Sqs, lock};

/// Tags as the wire has them: name → value.
pub(super) fn of(map: &Value) -> BTreeMap<String, String> {
    let all = map.as_object().into_iter().flatten();
    all.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

pub(super) async fn tag(sqs: &Sqs, input: &Value) -> Answer {
    sqs.tag(&queue(input)?, |tags| tags.extend(of(&input["Tags"]))).await?;
    Ok(json!({}))
}

pub(super) async fn untag(sqs: &Sqs, input: &Value) -> Answer {
    let keys = input["TagKeys"].as_array().into_iter().flatten();
    let keys: Vec<&str> = keys.filter_map(Value::as_str).collect();
    sqs.tag(&queue(input)?, |tags| tags.retain(|name, _| !keys.contains(&name.as_str()))).await?;
    Ok(json!({}))
}

pub(super) fn list(sqs: &Sqs, input: &Value) -> Answer {
    let tags = lock(&sqs.0.state).queue(&queue(input)?)?.tags.clone();
    Ok(if tags.is_empty() { json!({}) } else { json!({ "Tags": tags }) })
}

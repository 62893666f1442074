//! `Query`: one partition of a table or of an index, in the order of its sort key.

use serde_json::{Value, json};

use super::expression::{Bound, compare};
use super::tables::{INDEXES, Tables};
use super::{Item, text};
use crate::seam::Answer;

pub(super) fn query(tables: &mut Tables, input: &Value, now: i64) -> Answer {
    let (bound, condition) = (Bound::of(input), text(&input["KeyConditionExpression"]));
    let (_, rest) = condition.split_once(" = :pk").expect("a query names its partition first");
    let pk = text(&bound.value(":pk")["S"]).to_owned();
    let index = input["IndexName"].as_str();
    let (found, sort_key): (Vec<Item>, &str) = match index {
        Some(name) => {
            let (_, _, sort_key) = INDEXES.into_iter().find(|(n, ..)| *n == name).expect("an index of the template");
            let all = tables.index(name, now);
            let from = (pk.clone(), String::new(), String::new(), String::new());
            let range = all.into_iter().flat_map(|all| all.range(from.clone()..));
            (range.take_while(|((p, ..), _)| *p == pk).map(|(_, item)| item.clone()).collect(), sort_key)
        }
        None => {
            let partition = tables.partition(text(&input["TableName"]), &pk);
            (partition.into_iter().flat_map(|p| p.values()).map(|s| s.item.clone()).collect(), "sk")
        }
    };
    let mut found: Vec<Item> = found.into_iter().filter(|item| is_within(&bound, rest, &item[sort_key])).collect();
    if input["ScanIndexForward"] == false {
        found.reverse();
    }
    page(found, input, index)
}

fn is_within(bound: &Bound<'_>, condition: &str, value: &Value) -> bool {
    let condition = condition.strip_prefix(" AND ").unwrap_or(condition);
    if condition.is_empty() {
        return true;
    }
    let a = bound.value(":a");
    if condition.starts_with("begins_with(") {
        return text(&value["S"]).starts_with(text(&a["S"]));
    }
    let sign = condition.split(' ').nth(1).unwrap_or_default();
    let order = compare(value, a);
    match sign {
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        "<" => order.is_some_and(std::cmp::Ordering::is_lt),
        "BETWEEN" => {
            let to = compare(value, bound.value(":b"));
            order.is_some_and(std::cmp::Ordering::is_ge) && to.is_some_and(std::cmp::Ordering::is_le)
        }
        _ => unreachable!("the condition {condition:?} is of no known form"),
    }
}

fn page(mut found: Vec<Item>, input: &Value, index: Option<&str>) -> Answer {
    let is_start = |item: &Item| ["pk", "sk"].iter().all(|key| item[*key] == input["ExclusiveStartKey"][*key]);
    if input["ExclusiveStartKey"].is_object() {
        let start = found.iter().position(is_start).map_or(0, |at| at + 1);
        found.drain(..start);
    }
    let limit = input["Limit"].as_u64().map_or(usize::MAX, |n| n as usize);
    let last = (found.len() >= limit).then(|| found[limit - 1].clone());
    found.truncate(limit);
    let mut answer = json!({ "Count": found.len(), "ScannedCount": found.len(), "Items": found });
    if let Some(last) = last {
        let of_index = INDEXES.into_iter().filter(|(name, ..)| Some(*name) == index).flat_map(|(_, pk, sk)| [pk, sk]);
        let key: Item = ["pk", "sk"].into_iter().chain(of_index).map(|k| (k.to_owned(), last[k].clone())).collect();
        answer["LastEvaluatedKey"] = Value::Object(key);
    }
    Answer::json(200, &answer)
}

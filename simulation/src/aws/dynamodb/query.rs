//! `Query`: one partition of a table or of an index, in the order of its sort key.

use serde::Serialize;
use serde_json::Value;

use super::expression::{Bound, compare};
use super::tables::{INDEXES, Tables};
use super::{Item, text};
use crate::seam::Answer;

/// A page.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Found<'a> {
    count: usize,
    scanned_count: usize,
    items: &'a [&'a Item],
    #[serde(skip_serializing_if = "Option::is_none")]
    last_evaluated_key: Option<Item>,
}

pub(super) fn query(tables: &mut Tables, input: &Value, now: i64) -> Answer {
    let (bound, condition) = (Bound::of(input), text(&input["KeyConditionExpression"]));
    let (_, rest) = condition.split_once(" = :pk").expect("a query names its partition first");
    let pk = text(&bound.value(":pk")["S"]);
    let index = input["IndexName"].as_str();
    let within = Within::of(&bound, rest);
    let mut found: Vec<&Item> = match index {
        Some(name) => {
            let (_, _, sort_key) = INDEXES.into_iter().find(|(n, ..)| *n == name).expect("an index of the template");
            let from = (pk.to_owned(), String::new(), String::new(), String::new());
            let range = tables.index(name, now).into_iter().flat_map(|all| all.range(from.clone()..));
            let partition = range.take_while(|((p, ..), _)| p == pk).map(|(_, item)| &**item);
            partition.filter(|item| within.holds(&item[sort_key])).collect()
        }
        None => {
            let partition = tables.partition(text(&input["TableName"]), pk);
            let items = partition.into_iter().flat_map(|p| p.values()).map(|stored| &*stored.item);
            items.filter(|item| within.holds(&item["sk"])).collect()
        }
    };
    if input["ScanIndexForward"] == false {
        found.reverse();
    }
    page(&found, input, index)
}

/// What a query asks of the sort key.
enum Within<'a> {
    All,
    Starts(&'a str),
    Above(&'a Value),
    Below(&'a Value),
    Between(&'a Value, &'a Value),
}

impl<'a> Within<'a> {
    fn of(bound: &Bound<'a>, condition: &str) -> Self {
        let condition = condition.strip_prefix(" AND ").unwrap_or(condition);
        if condition.is_empty() {
            return Self::All;
        }
        let a = bound.value(":a");
        if condition.starts_with("begins_with(") {
            return Self::Starts(text(&a["S"]));
        }
        match condition.split(' ').nth(1).unwrap_or_default() {
            ">" => Self::Above(a),
            "<" => Self::Below(a),
            "BETWEEN" => Self::Between(a, bound.value(":b")),
            _ => unreachable!("the condition {condition:?} is of no known form"),
        }
    }

    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::All => true,
            Self::Starts(with) => text(&value["S"]).starts_with(with),
            Self::Above(a) => compare(value, a).is_some_and(std::cmp::Ordering::is_gt),
            Self::Below(a) => compare(value, a).is_some_and(std::cmp::Ordering::is_lt),
            Self::Between(a, b) => {
                let (from, to) = (compare(value, a), compare(value, b));
                from.is_some_and(std::cmp::Ordering::is_ge) && to.is_some_and(std::cmp::Ordering::is_le)
            }
        }
    }
}

fn page(found: &[&Item], input: &Value, index: Option<&str>) -> Answer {
    let is_start = |item: &&Item| ["pk", "sk"].iter().all(|key| item[*key] == input["ExclusiveStartKey"][*key]);
    let start = match input["ExclusiveStartKey"].is_object() {
        true => found.iter().position(is_start).map_or(0, |at| at + 1),
        false => 0,
    };
    let found = &found[start..];
    let limit = input["Limit"].as_u64().map_or(usize::MAX, |n| n as usize);
    let items = &found[..found.len().min(limit)];
    let last = items.last().filter(|_| found.len() >= limit);
    let of_index = || INDEXES.into_iter().filter(|(name, ..)| Some(*name) == index).flat_map(|(_, pk, sk)| [pk, sk]);
    let key =
        |last: &&Item| ["pk", "sk"].into_iter().chain(of_index()).map(|k| (k.to_owned(), last[k].clone())).collect();
    let (count, last_evaluated_key) = (items.len(), last.map(key));
    Answer::json(200, &Found { count, scanned_count: count, items, last_evaluated_key })
}

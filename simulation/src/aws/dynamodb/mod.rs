//! DynamoDB: the two tables, their indexes and the truth table's stream, as far as `table` speaks it.
//!
//! Written for speed; `tests/second_opinion.rs` plays the same requests to dynoxide and compares each answer. What is asked for in a
//! form that is not known here ends the run: a double must not guess.

mod expression;
mod query;
mod stream;
mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json};

pub use self::stream::{Change, SHARDS, Stream};
use self::tables::{Tables, Unmet};
use crate::seam::{Answer, Call};

/// An item, attribute values as on the wire.
pub type Item = Map<String, Value>;

/// An item as it was at one time: the table, its indexes and its stream have it in common.
pub type Image = Arc<Item>;

/// What a read of one item answers, or a write of one.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Got<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<&'a Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<&'a Item>,
}

/// What a read of several answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GotAll<'a> {
    responses: BTreeMap<&'a String, Vec<&'a Item>>,
    unprocessed_keys: Item,
}

/// A transaction's token holds for ten minutes.
/// [AWS](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
const TOKEN: i64 = 600_000;

#[derive(Default)]
pub struct DynamoDb {
    tables: Tables,
    tokens: BTreeMap<String, i64>,
    /// No function gets anything but an error until then, in milliseconds since 1970.
    pub down_until: i64,
    /// Calls whose session was of another tenant than their keys: each is a violation.
    pub foreign: Vec<String>,
}

/// An answer for a transaction that was cancelled, with a reason for each of its writes.
pub fn cancelled(reasons: &[&str]) -> Answer {
    let all: Vec<Value> = reasons.iter().map(|code| json!({ "Code": code })).collect();
    let message = format!("Transaction cancelled, please refer cancellation reasons for specific reasons {reasons:?}");
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "Message": message, "CancellationReasons": all,
    });
    Answer::json(400, &body)
}

impl DynamoDb {
    /// An index shows a write this many milliseconds later.
    pub fn lagging(lag: i64) -> Self {
        Self { tables: Tables::lagging(lag), ..Self::default() }
    }

    pub fn stream(&self) -> &Stream {
        &self.tables.stream
    }

    /// Every item of a table, by its keys.
    pub fn items(&self, table: &str) -> impl Iterator<Item = &Item> {
        self.tables.items(table)
    }

    /// How long ago a partition of the truth table was first written to, in milliseconds.
    pub fn age(&self, pk: &str, now: i64) -> Option<i64> {
        self.tables.age(pk, now)
    }

    /// `stale`: reads that need not be consistent see what was there before the newest write.
    pub fn perform(&mut self, call: &Call, now: i64, stale: bool) -> Answer {
        let input = call.json();
        if let Some(tenant) = &call.tenant {
            let own = format!("{tenant}#");
            let foreign = keys(&input).into_iter().find(|pk| !pk.starts_with(&own));
            if let Some(pk) = foreign {
                self.foreign.push(format!("{} {} {pk} with the session of {tenant}", call.caller, call.action));
                return Answer::error(call.service, 400, "AccessDeniedException");
            }
        }
        self.answer(&call.action, &input, now, stale)
    }

    pub fn answer(&mut self, action: &str, input: &Value, now: i64, stale: bool) -> Answer {
        let stale = stale && input["ConsistentRead"] != true;
        match action {
            "GetItem" => {
                let item = self.tables.get(text(&input["TableName"]), &input["Key"], stale);
                Answer::json(200, &Got { item, attributes: None })
            }
            "BatchGetItem" => self.batch_get(&input["RequestItems"], stale),
            "Query" => query::query(&mut self.tables, input, now),
            "PutItem" | "UpdateItem" | "DeleteItem" => self.write(action, input, now),
            "TransactWriteItems" => self.transact(input, now),
            other => unreachable!("the tables play no {other}"),
        }
    }

    fn batch_get(&self, requests: &Value, stale: bool) -> Answer {
        let mut responses = BTreeMap::new();
        for (table, wanted) in requests.as_object().into_iter().flatten() {
            let keys = wanted["Keys"].as_array().into_iter().flatten();
            let stale = stale && wanted["ConsistentRead"] != true;
            let found: Vec<&Item> = keys.filter_map(|key| self.tables.get(table, key, stale)).collect();
            responses.insert(table, found);
        }
        Answer::json(200, &GotAll { responses, unprocessed_keys: Map::new() })
    }

    fn write(&mut self, action: &str, input: &Value, now: i64) -> Answer {
        match self.tables.check(action, input) {
            Ok(()) => {
                let old = self.tables.apply(action, input, now);
                let attributes = old.as_deref().filter(|_| input["ReturnValues"] == "ALL_OLD");
                Answer::json(200, &Got { item: None, attributes })
            }
            Err(Unmet) => {
                let kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
                Answer::json(400, &json!({ "__type": kind, "message": "The conditional request failed" }))
            }
        }
    }

    fn transact(&mut self, input: &Value, now: i64) -> Answer {
        let token = text(&input["ClientRequestToken"]).to_owned();
        if !token.is_empty() && self.tokens.get(&token).is_some_and(|at| now - at < TOKEN) {
            return Answer::json(200, &json!({}));
        }
        let writes: Vec<(&str, &Value)> = writes(input).collect();
        let checked: Vec<_> = writes.iter().map(|(action, write)| self.tables.check(action, write)).collect();
        if checked.iter().any(Result::is_err) {
            let reason = |check: &Result<(), Unmet>| if check.is_ok() { "None" } else { "ConditionalCheckFailed" };
            return cancelled(&checked.iter().map(reason).collect::<Vec<_>>());
        }
        for (action, write) in writes {
            self.tables.apply(action, write, now);
        }
        self.tokens.insert(token, now);
        Answer::json(200, &json!({}))
    }
}

/// The writes of a transaction, each with the operation that would do it alone.
fn writes(input: &Value) -> impl Iterator<Item = (&'static str, &Value)> {
    input["TransactItems"].as_array().into_iter().flatten().filter_map(|item| {
        let of = |kind: &str, action| item.get(kind).map(|write| (action, write));
        of("Put", "PutItem").or_else(|| of("Update", "UpdateItem")).or_else(|| of("Delete", "DeleteItem"))
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Every partition key that a request names.
fn keys(input: &Value) -> Vec<String> {
    let pk = |at: &Value| at["pk"]["S"].as_str().map(str::to_owned);
    let one = |request: &Value| pk(&request["Key"]).or_else(|| pk(&request["Item"]));
    let batch = input["RequestItems"].as_object().into_iter().flatten();
    let batch = batch.flat_map(|(_, wanted)| wanted["Keys"].as_array().into_iter().flatten()).filter_map(pk);
    let queried = input["ExpressionAttributeValues"][":pk"]["S"].as_str().map(str::to_owned);
    one(input)
        .into_iter()
        .chain(queried)
        .chain(batch)
        .chain(writes(input).filter_map(|(_, write)| one(write)))
        .collect()
}

//! What a DynamoDB call reaches: for each table or index, the action that IAM checks and the partition keys it names.
//! [Keys](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::template::{Table, table_arn};

/// One thing that a call does to one table or index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// `dynamodb:PutItem`.
    pub action: String,
    /// The table's ARN, or its index's.
    pub resource: String,
    /// The partition keys named; none for a scan.
    pub keys: Vec<String>,
}

/// Partition key names by table and by `table/index/…`.
#[derive(Clone, Debug, Default)]
pub struct KeyNames(BTreeMap<String, String>);

impl KeyNames {
    /// Reads them from the tables' definitions.
    pub fn of(tables: &[Table]) -> Self {
        let mut names = BTreeMap::new();
        for table in tables {
            names.insert(table.name.clone(), partition_key(&table.request["KeySchema"]));
            for index in table.request["GlobalSecondaryIndexes"].as_array().into_iter().flatten() {
                let name = format!("{}/index/{}", table.name, index["IndexName"].as_str().unwrap_or_default());
                names.insert(name, partition_key(&index["KeySchema"]));
            }
        }
        Self(names)
    }

    /// The partition key's name of a table.
    pub fn of_table(&self, table: &str) -> &str {
        self.0.get(table).map_or("pk", String::as_str)
    }

    /// What a call reaches, by its operation's name and its body.
    pub fn reached(&self, operation: &str, body: &Value) -> Vec<Reach> {
        match operation {
            "GetItem" | "UpdateItem" | "DeleteItem" => vec![self.one(operation, body, &body["Key"])],
            "PutItem" => vec![self.one(operation, body, &body["Item"])],
            "Query" => vec![self.query(body)],
            "BatchGetItem" => self.batch_get(body),
            "BatchWriteItem" => self.batch_write(body),
            "TransactGetItems" => list(&body["TransactItems"])
                .map(|item| self.one("GetItem", &item["Get"], &item["Get"]["Key"]))
                .collect(),
            "TransactWriteItems" => list(&body["TransactItems"]).map(|item| self.transact_write(item)).collect(),
            other => {
                let table = table_name(&body["TableName"]);
                vec![Reach { action: format!("dynamodb:{other}"), resource: table_arn(table), keys: Vec::new() }]
            }
        }
    }

    fn one(&self, operation: &str, request: &Value, holder: &Value) -> Reach {
        let table = table_name(&request["TableName"]);
        let key = text_of(&holder[self.of_table(table)]);
        Reach { action: format!("dynamodb:{operation}"), resource: table_arn(table), keys: key.into_iter().collect() }
    }

    fn transact_write(&self, item: &Value) -> Reach {
        let operations = [
            ("Put", "PutItem", "Item"),
            ("Update", "UpdateItem", "Key"),
            ("Delete", "DeleteItem", "Key"),
            ("ConditionCheck", "ConditionCheckItem", "Key"),
        ];
        let found = operations.into_iter().find(|(name, ..)| item.get(name).is_some());
        let (name, action, holder) = found.unwrap_or(("Put", "PutItem", "Item"));
        self.one(action, &item[name], &item[name][holder])
    }

    fn batch_get(&self, body: &Value) -> Vec<Reach> {
        let tables = body["RequestItems"].as_object().into_iter().flatten();
        tables.map(|(table, request)| self.many("BatchGetItem", table, list(&request["Keys"]))).collect()
    }

    fn batch_write(&self, body: &Value) -> Vec<Reach> {
        let tables = body["RequestItems"].as_object().into_iter().flatten();
        let holder = |request: &'_ Value| -> Value {
            request["PutRequest"]
                .get("Item")
                .or_else(|| request["DeleteRequest"].get("Key"))
                .cloned()
                .unwrap_or_default()
        };
        tables
            .map(|(table, requests)| {
                let holders: Vec<Value> = list(requests).map(holder).collect();
                self.many("BatchWriteItem", table, holders.iter())
            })
            .collect()
    }

    fn many<'a>(&self, operation: &str, table: &str, holders: impl Iterator<Item = &'a Value>) -> Reach {
        let table = table_name_of(table);
        let name = self.of_table(table);
        let keys = holders.filter_map(|holder| text_of(&holder[name])).collect();
        Reach { action: format!("dynamodb:{operation}"), resource: table_arn(table), keys }
    }

    /// A query names its partition by an equality in its key condition.
    fn query(&self, body: &Value) -> Reach {
        let table = table_name(&body["TableName"]);
        let place = match body["IndexName"].as_str() {
            Some(index) => format!("{table}/index/{index}"),
            None => table.to_owned(),
        };
        let name = self.0.get(&place).map_or("pk", String::as_str);
        let key = queried(body, name);
        Reach { action: "dynamodb:Query".to_owned(), resource: table_arn(&place), keys: key.into_iter().collect() }
    }
}

/// The value that `#name = :value` gives the partition key, or the old `KeyConditions`.
fn queried(body: &Value, name: &str) -> Option<String> {
    if let Some(old) = body["KeyConditions"].get(name) {
        return text_of(&old["AttributeValueList"][0]);
    }
    let expression = body["KeyConditionExpression"].as_str()?;
    let spaced = expression.replace('=', " = ").replace(['(', ')'], " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let is_key = |word: &str| word == name || body["ExpressionAttributeNames"][word] == name;
    let value = words.windows(3).find_map(|three| match three {
        [left, "=", right] if is_key(left) => Some(*right),
        [left, "=", right] if is_key(right) => Some(*left),
        _ => None,
    })?;
    text_of(&body["ExpressionAttributeValues"][value])
}

fn partition_key(schema: &Value) -> String {
    let key = list(schema).find(|key| key["KeyType"] == "HASH");
    key.and_then(|key| key["AttributeName"].as_str()).unwrap_or("pk").to_owned()
}

/// A key's text; IAM compares numbers and bytes by their text too.
fn text_of(attribute: &Value) -> Option<String> {
    ["S", "N", "B"].into_iter().find_map(|kind| attribute[kind].as_str()).map(str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn table_name(value: &Value) -> &str {
    table_name_of(value.as_str().unwrap_or_default())
}

/// A call may name a table by its ARN.
fn table_name_of(name: &str) -> &str {
    name.rsplit_once("table/").map_or(name, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> KeyNames {
        KeyNames::of(&[Table {
            logical: "TruthTable".to_owned(),
            name: "truth".to_owned(),
            request: json!({ "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }],
                "GlobalSecondaryIndexes": [{ "IndexName": "INBOX", "KeySchema": [{ "AttributeName": "i_pk", "KeyType": "HASH" }] }] }),
            ttl_attribute: None,
            has_stream: true,
        }])
    }

    fn reach(action: &str, place: &str, keys: &[&str]) -> Reach {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Reach { action: format!("dynamodb:{action}"), resource: table_arn(place), keys }
    }

    #[test]
    fn every_operation_names_the_partitions_it_reaches() {
        let key = |pk: &str| json!({ "pk": { "S": pk }, "sk": { "S": "H" } });
        for (operation, body, reached) in [
            ("GetItem", json!({ "TableName": "truth", "Key": key("a") }), vec![reach("GetItem", "truth", &["a"])]),
            (
                "PutItem",
                json!({ "TableName": table_arn("truth"), "Item": key("a") }),
                vec![reach("PutItem", "truth", &["a"])],
            ),
            (
                "Query",
                json!({ "TableName": "truth", "KeyConditionExpression": "#p=:p AND begins_with(sk, :s)",
                "ExpressionAttributeNames": { "#p": "pk" }, "ExpressionAttributeValues": { ":p": { "S": "a" }, ":s": { "S": "M#" } } }),
                vec![reach("Query", "truth", &["a"])],
            ),
            (
                "Query",
                json!({ "TableName": "truth", "IndexName": "INBOX", "KeyConditionExpression": "(i_pk = :p) AND (l_sk > :s)",
                "ExpressionAttributeValues": { ":p": { "S": "a#I" }, ":s": { "S": "1" } } }),
                vec![reach("Query", "truth/index/INBOX", &["a#I"])],
            ),
            (
                "BatchGetItem",
                json!({ "RequestItems": { "truth": { "Keys": [key("a"), key("b")] } } }),
                vec![reach("BatchGetItem", "truth", &["a", "b"])],
            ),
            (
                "BatchWriteItem",
                json!({ "RequestItems": { "truth": [{ "PutRequest": { "Item": key("a") } }, { "DeleteRequest": { "Key": key("b") } }] } }),
                vec![reach("BatchWriteItem", "truth", &["a", "b"])],
            ),
            (
                "TransactWriteItems",
                json!({ "TransactItems": [{ "Put": { "TableName": "truth", "Item": key("a") } },
                { "ConditionCheck": { "TableName": "truth", "Key": key("b") } }] }),
                vec![reach("PutItem", "truth", &["a"]), reach("ConditionCheckItem", "truth", &["b"])],
            ),
            ("Scan", json!({ "TableName": "truth" }), vec![reach("Scan", "truth", &[])]),
        ] {
            assert_eq!(names().reached(operation, &body), reached, "{operation}");
        }
    }
}

//! The double of DynamoDB beside dynoxide: the same requests, the same answers.

use dynoxide::Database;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use simulation::aws::dynamodb::DynamoDb;
use simulation::chance::Chance;

/// The tables as the template has them, with the indexes' keys and all that they show.
fn dynoxide() -> Database {
    let database = Database::memory().unwrap();
    let attribute = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let keys = |pk: &str, sk: &str| json!([{ "AttributeName": pk, "KeyType": "HASH" }, { "AttributeName": sk, "KeyType": "RANGE" }]);
    let index = |name: &str, pk: &str, sk: &str| json!({ "IndexName": name, "KeySchema": keys(pk, sk), "Projection": { "ProjectionType": "ALL" } });
    let attributes = ["pk", "sk", "i_pk", "o_pk", "l_sk", "d_pk", "d_sk"].map(attribute);
    let truth = json!({
        "TableName": "truth", "BillingMode": "PAY_PER_REQUEST", "KeySchema": keys("pk", "sk"),
        "AttributeDefinitions": attributes,
        "GlobalSecondaryIndexes": [index("INBOX", "i_pk", "l_sk"), index("OWNER", "o_pk", "l_sk"), index("DUE", "d_pk", "d_sk")],
    });
    database.create_table(serde_json::from_value(truth).unwrap()).unwrap();
    database
}

/// What dynoxide answers: the body, or the kind of error and its reasons.
fn answer(database: &Database, action: &str, input: &Value) -> Result<Value, String> {
    fn done<O: Serialize>(outcome: dynoxide::Result<O>) -> Result<Value, String> {
        outcome.map(|output| serde_json::to_value(output).unwrap()).map_err(|error| error.to_json())
    }
    fn read<I: DeserializeOwned>(input: &Value) -> I {
        serde_json::from_value(input.clone()).unwrap()
    }
    match action {
        "GetItem" => done(database.get_item(read(input))),
        "Query" => done(database.query(read(input))),
        "PutItem" => done(database.put_item(read(input))),
        "UpdateItem" => done(database.update_item(read(input))),
        "DeleteItem" => done(database.delete_item(read(input))),
        _ => done(database.transact_write_items(read(input))),
    }
}

/// The conditions that `table` writes, over attributes of few values, so that each holds about as often as not.
fn condition(chance: &Chance, write: &mut Value) {
    let text = match chance.below(8) {
        0 => "attribute_not_exists(pk)",
        1 => "attribute_exists(pk)",
        2 => "attribute_exists(pk) AND #n = :is_n",
        3 => "attribute_exists(pk) AND #n < :is_n",
        4 => "attribute_not_exists(pk) OR #n > :is_n",
        5 => "attribute_exists(pk) AND attribute_not_exists(#f.#a)",
        _ => return,
    };
    write["ConditionExpression"] = json!(text);
    let mut names = write["ExpressionAttributeNames"].as_object().cloned().unwrap_or_default();
    let mut values = write["ExpressionAttributeValues"].as_object().cloned().unwrap_or_default();
    if text.contains("#n") {
        names.insert("#n".to_owned(), json!("n"));
        values.insert(":is_n".to_owned(), json!({ "N": chance.below(4).to_string() }));
    }
    if text.contains("#f") {
        names.extend([("#f".to_owned(), json!("f")), ("#a".to_owned(), json!("a"))]);
    }
    for (name, map) in [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)] {
        if !map.is_empty() {
            write[name] = Value::Object(map);
        }
    }
}

fn key(chance: &Chance) -> Value {
    json!({ "pk": { "S": format!("p{}", chance.below(3)) }, "sk": { "S": format!("s{}", chance.below(4)) } })
}

fn item(chance: &Chance) -> Value {
    let mut item = key(chance);
    item["n"] = json!({ "N": chance.below(4).to_string() });
    item["f"] = json!({ "M": { "a": { "S": "1" } } });
    if chance.below(2) == 0 {
        item["i_pk"] = json!({ "S": format!("i{}", chance.below(2)) });
        item["l_sk"] = json!({ "S": format!("{}", chance.below(100)) });
    }
    item
}

fn write(chance: &Chance) -> (&'static str, &'static str, Value) {
    let mut write = json!({ "TableName": "truth" });
    let named = match chance.below(3) {
        0 => {
            write["Item"] = item(chance);
            ("Put", "PutItem")
        }
        1 => {
            write["Key"] = key(chance);
            let (text, names) = match chance.below(3) {
                0 => ("SET #n = :n", json!({ "#n": "n" })),
                1 => ("SET #n = :n REMOVE #i, #o", json!({ "#n": "n", "#i": "i_pk", "#o": "o_pk" })),
                _ => ("SET #n = :n REMOVE #x", json!({ "#n": "n", "#x": "x" })),
            };
            write["UpdateExpression"] = json!(text);
            write["ExpressionAttributeNames"] = names;
            write["ExpressionAttributeValues"] = json!({ ":n": { "N": chance.below(4).to_string() } });
            ("Update", "UpdateItem")
        }
        _ => {
            write["Key"] = key(chance);
            ("Delete", "DeleteItem")
        }
    };
    condition(chance, &mut write);
    (named.0, named.1, write)
}

fn transaction(chance: &Chance) -> Value {
    let mut seen: Vec<Value> = Vec::new();
    let mut writes = Vec::new();
    for _ in 0..3 {
        let (kind, _, write) = write(chance);
        let at = if kind == "Put" {
            json!([write["Item"]["pk"], write["Item"]["sk"]])
        } else {
            json!([write["Key"]["pk"], write["Key"]["sk"]])
        };
        // No two writes of a transaction may be of one item.
        if !seen.contains(&at) {
            seen.push(at);
            writes.push(json!({ kind: write }));
        }
    }
    json!({ "TransactItems": writes })
}

fn question(chance: &Chance) -> Value {
    let forward = chance.below(2) == 0;
    let limit = 1 + chance.below(5);
    if chance.below(3) == 0 {
        return json!({
            "TableName": "truth", "IndexName": "INBOX", "KeyConditionExpression": "i_pk = :pk AND l_sk < :a", "Limit": 20,
            "ExpressionAttributeValues": { ":pk": { "S": format!("i{}", chance.below(2)) }, ":a": { "S": "5" } }, "ScanIndexForward": forward,
        });
    }
    let (text, needs) = [
        ("pk = :pk", 0),
        ("pk = :pk AND begins_with(sk, :a)", 1),
        ("pk = :pk AND sk > :a", 1),
        ("pk = :pk AND sk < :a", 1),
        ("pk = :pk AND sk BETWEEN :a AND :b", 2),
    ][chance.below(5)];
    let mut values = json!({ ":pk": { "S": format!("p{}", chance.below(3)) } });
    for name in [":a", ":b"].into_iter().take(needs) {
        values[name] = json!({ "S": format!("s{}", if name == ":a" { chance.below(2) } else { 2 + chance.below(2) }) });
    }
    json!({
        "TableName": "truth", "KeyConditionExpression": text, "ExpressionAttributeValues": values, "ScanIndexForward": forward,
        "Limit": limit, "ConsistentRead": true,
    })
}

/// What must be equal: items in their order, the place to go on from, and why a write was refused.
fn essence(action: &str, body: &Value) -> Value {
    let kind = body["__type"].as_str().map(|kind| kind.rsplit('#').next().unwrap_or_default().to_owned());
    let codes: Vec<Value> =
        body["CancellationReasons"].as_array().into_iter().flatten().map(|r| r["Code"].clone()).collect();
    match action {
        "Query" => json!({ "items": body["Items"], "next": body["LastEvaluatedKey"], "kind": kind }),
        "GetItem" => json!({ "item": body["Item"], "kind": kind }),
        _ => json!({ "kind": kind, "codes": codes }),
    }
}

#[test]
fn the_double_answers_as_dynoxide_does() {
    for seed in 0..20 {
        let (chance, database, mut double) = (Chance::of(seed), dynoxide(), DynamoDb::default());
        for step in 0..120 {
            let (action, input) = match chance.below(5) {
                0 => ("GetItem", json!({ "TableName": "truth", "Key": key(&chance), "ConsistentRead": true })),
                1 => ("Query", question(&chance)),
                2 => ("TransactWriteItems", transaction(&chance)),
                _ => {
                    let (_, action, write) = write(&chance);
                    (action, write)
                }
            };
            let theirs = answer(&database, action, &input);
            let theirs = theirs.unwrap_or_else(|error| serde_json::from_str(&error).unwrap());
            let ours: Value = serde_json::from_slice(&double.answer(action, &input, step, false).body).unwrap();
            assert_eq!(essence(action, &ours), essence(action, &theirs), "seed {seed}, step {step}: {action} {input}");
        }
    }
}

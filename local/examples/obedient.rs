//! A function that does as its event says, for the tests of the host.
//!
//! A record's body or item names what to do: `fail` reports it, `throw` fails the invocation, `exit` ends the process,
//! `hang` never answers. Everything it is given goes, a line of JSON each, to the file that `RECORD_FILE` names.

use std::io::Write;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda_runtime::run(service_fn(obey)).await
}

async fn obey(event: LambdaEvent<Value>) -> Result<Value, String> {
    let event = event.payload;
    record(&event).map_err(|fault| fault.to_string())?;
    match event["Records"].as_array() {
        Some(records) => batch(records).await,
        None if event["requestContext"].get("eventType").is_some() => Ok(socket(&event)),
        None if event["requestContext"].get("http").is_some() => http(&event).await,
        None => Ok(Value::Null),
    }
}

fn record(event: &Value) -> std::io::Result<()> {
    let Ok(file) = std::env::var("RECORD_FILE") else { return Ok(()) };
    let mut file = std::fs::File::options().create(true).append(true).open(file)?;
    file.write_all(format!("{event}\n").as_bytes())
}

async fn batch(records: &[Value]) -> Result<Value, String> {
    let mut failures = Vec::new();
    for record in records {
        let sequence = &record["dynamodb"]["SequenceNumber"];
        let (id, order) = match record["body"].as_str() {
            Some(body) => (&record["messageId"], body.to_owned()),
            None => (sequence, record["dynamodb"]["NewImage"]["do"]["S"].as_str().unwrap_or_default().to_owned()),
        };
        if act(&order).await? == "fail" {
            failures.push(json!({ "itemIdentifier": id }));
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}

async fn act(order: &str) -> Result<&str, String> {
    match order {
        "throw" => Err("as told".to_owned()),
        "exit" => std::process::exit(3),
        "hang" => std::future::pending().await,
        other => Ok(other),
    }
}

async fn http(event: &Value) -> Result<Value, String> {
    let order = event["queryStringParameters"]["do"].as_str().unwrap_or_default();
    act(order).await?;
    Ok(json!({ "statusCode": 200, "headers": { "content-type": "application/json" }, "cookies": ["a=1"],
               "body": event.to_string() }))
}

fn socket(event: &Value) -> Value {
    let ticket = &event["queryStringParameters"]["ticket"];
    match event["requestContext"]["eventType"].as_str() {
        Some("CONNECT") if ticket != "good" => json!({ "statusCode": 401 }),
        Some("MESSAGE") => {
            json!({ "statusCode": 200, "body": format!("heard {}", event["body"].as_str().unwrap_or_default()) })
        }
        _ => json!({ "statusCode": 200 }),
    }
}

//! Bugs that a test plants, to see that a run finds them. Each is played at the seam: what a request, an answer or a mapping would be
//! if the code behind it had that bug. No function knows of them.

use serde_json::{Value, json};

use crate::seam::{Answer, Call, Service};
use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bug {
    /// Each record of a batch is said to be taken, whatever the queue says of it.
    IgnoresFailed,
    /// The dedupe record is put without a condition.
    NoDedupe,
    /// The dedupe record is forgotten after a minute.
    DedupeExpires,
    /// A claim is written without a condition.
    NoClaimCondition,
    /// The head is written whatever has become of it meanwhile.
    NoHeadCondition,
    /// Records are taken off the queue whatever became of them.
    AcksBeforeWrite,
    /// A status takes the place of whatever was known.
    LastStatusWins,
    /// The Graph client tries again when no answer came.
    ResendsOnTimeout,
    /// A socket that is gone is forgotten, however young it is.
    DeletesOn410,
    /// The sync log's key says no tenant.
    LogWithoutTenant,
    /// A batch of the stream that failed is passed over.
    SkipsRedelivery,
    /// Nobody looks for what is due.
    NeverSweeps,
    /// What the queue refused is said to be in the bucket, and is not.
    SpillsNowhere,
    /// What a function gave up is thrown away.
    ForgetsGivenUp,
    /// What waits for an account is not looked for when it is connected again.
    ReconnectWakesNobody,
}

impl Bug {
    pub const ALL: [Self; 15] = [
        Self::IgnoresFailed,
        Self::NoDedupe,
        Self::DedupeExpires,
        Self::NoClaimCondition,
        Self::AcksBeforeWrite,
        Self::LastStatusWins,
        Self::ResendsOnTimeout,
        Self::DeletesOn410,
        Self::LogWithoutTenant,
        Self::SkipsRedelivery,
        Self::NeverSweeps,
        Self::SpillsNowhere,
        Self::ForgetsGivenUp,
        Self::NoHeadCondition,
        Self::ReconnectWakesNobody,
    ];

    /// The request as the code with this bug would send it; `None`: just so.
    pub fn of_call(self, call: &Call, world: &World) -> Option<Call> {
        match (self, call.service, call.action.as_str()) {
            (Self::NoDedupe, Service::DynamoDb, "TransactWriteItems") => rewritten(call, |writes| {
                for write in puts(writes, is_pointer) {
                    forget_condition(write);
                }
            }),
            (Self::DedupeExpires, Service::DynamoDb, "TransactWriteItems") => {
                let clouds = world.clouds();
                let old = |key: &str| clouds.dynamodb.age(key, world.now()).is_some_and(|age| age > 60_000);
                rewritten(call, |writes| {
                    for write in puts(writes, is_pointer) {
                        if old(write["Item"]["pk"]["S"].as_str().unwrap_or_default()) {
                            forget_condition(write);
                        }
                    }
                })
            }
            (Self::NoClaimCondition, Service::DynamoDb, "UpdateItem") => rewritten(call, |write| {
                if sets(write, "#f.#c") {
                    forget_condition(write)
                }
            }),
            (Self::NoHeadCondition, Service::DynamoDb, "UpdateItem") => rewritten(call, |write| {
                if write["Key"]["sk"]["S"] == "H" {
                    forget_condition(write)
                }
            }),
            (Self::NoHeadCondition, Service::DynamoDb, "TransactWriteItems") => rewritten(call, |writes| {
                let items = writes["TransactItems"].as_array_mut().into_iter().flatten();
                for write in items.filter_map(|item| item.get_mut("Update")) {
                    if write["Key"]["sk"]["S"] == "H" {
                        forget_condition(write);
                    }
                }
            }),
            (Self::LastStatusWins, Service::DynamoDb, "UpdateItem" | "TransactWriteItems") => {
                rewritten(call, forget_facts)
            }
            (Self::DeletesOn410, Service::DynamoDb, "PutItem") => rewritten(call, |write| {
                if write["Item"]["pk"]["S"].as_str().is_some_and(|pk| pk.ends_with("#S")) {
                    write["Item"]["at"] = json!({ "N": "0" });
                }
            }),
            (Self::LogWithoutTenant, Service::DynamoDb, "PutItem" | "Query") => without_tenant(call),
            (Self::NeverSweeps, Service::DynamoDb, "Query") => rewritten(call, |query| {
                if query["IndexName"] == "DUE" {
                    query["ExpressionAttributeValues"][":pk"] = json!({ "S": "nowhere" })
                }
            }),
            (Self::ReconnectWakesNobody, Service::DynamoDb, "Query") if call.caller == "api" => {
                rewritten(call, |query| {
                    let pk = &mut query["ExpressionAttributeValues"][":pk"]["S"];
                    if let Some(of_account) = pk.as_str().filter(|pk| pk.contains("#Q#")) {
                        *pk = json!(format!("{of_account}-nowhere"));
                    }
                })
            }
            (Self::SpillsNowhere, Service::S3, "Put") if call.path.contains("spill") => {
                Some(Call { path: "/bucket/nowhere".to_owned(), ..call.clone() })
            }
            _ => None,
        }
    }

    /// The answer as the code with this bug would read it.
    pub fn of_answer(self, call: &Call, answer: Answer) -> Answer {
        match (self, call.action.as_str(), answer.status) {
            (Self::IgnoresFailed, "SendMessageBatch", 200) => {
                let entries = call.json()["Entries"].as_array().cloned().unwrap_or_default();
                let all: Vec<Value> = entries.iter().map(|entry| json!({ "Id": entry["Id"] })).collect();
                Answer::json(200, &json!({ "Successful": all }))
            }
            (Self::ForgetsGivenUp, "Get", 200) if call.path.contains("lambda") => {
                Answer::json(200, &json!({ "payload": json!({ "Records": [] }).to_string() }))
            }
            _ => answer,
        }
    }
}

fn rewritten(call: &Call, change: impl FnOnce(&mut Value)) -> Option<Call> {
    let mut body = call.json();
    change(&mut body);
    Some(Call { body: body.to_string().into_bytes(), ..call.clone() })
}

fn puts(writes: &mut Value, wanted: fn(&Value) -> bool) -> impl Iterator<Item = &mut Value> {
    let items = writes["TransactItems"].as_array_mut().into_iter().flatten();
    items.filter_map(|item| item.get_mut("Put")).filter(move |put| wanted(put))
}

fn is_pointer(put: &Value) -> bool {
    put["Item"]["pk"]["S"].as_str().is_some_and(|pk| pk.contains("#X#"))
}

fn forget_condition(write: &mut Value) {
    if let Some(write) = write.as_object_mut() {
        write.remove("ConditionExpression");
    }
}

fn sets(write: &Value, path: &str) -> bool {
    let text = write["UpdateExpression"].as_str().unwrap_or_default();
    text.split("REMOVE").next().unwrap_or_default().contains(&format!("{path} ="))
}

/// Whoever writes that it was delivered forgets that it was read, and the other way round.
fn forget_facts(request: &mut Value) {
    let alone = request.get("UpdateExpression").is_some();
    let updates: Vec<&mut Value> = match alone {
        true => vec![request],
        false => {
            request["TransactItems"].as_array_mut().into_iter().flatten().filter_map(|i| i.get_mut("Update")).collect()
        }
    };
    for update in updates {
        for (told, forgotten) in [("d", "r"), ("a", "d")] {
            let (spelt, other) = (format!("#f.#{told}"), format!("#f.#{forgotten}"));
            if sets(update, &spelt) && !sets(update, &other) {
                let text = update["UpdateExpression"].as_str().unwrap_or_default().to_owned();
                let with = if text.contains("REMOVE ") {
                    format!("{text}, {other}")
                } else {
                    format!("{text} REMOVE {other}")
                };
                update["UpdateExpression"] = json!(with);
                update["ExpressionAttributeNames"][format!("#{forgotten}")] = json!(forgotten);
            }
        }
    }
}

fn without_tenant(call: &Call) -> Option<Call> {
    let text = String::from_utf8_lossy(&call.body).into_owned();
    let at = text.find("#LOG#")?;
    let tenant = text[..at].rsplit('"').next()?.to_owned();
    let text = text.replace(&format!("{tenant}#LOG#"), "#LOG#");
    Some(Call { body: text.into_bytes(), tenant: None, ..call.clone() })
}

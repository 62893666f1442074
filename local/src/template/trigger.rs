//! What wakes functions: queues, streams and the clock.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::function::{list, plain};
use super::store::is_true;
use super::{Function, Refusal, Resources};

/// An SQS event-source mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMapping {
    /// The function's logical id.
    pub function: String,
    /// The queue's ARN.
    pub queue_arn: String,
    /// Records in a batch at most; SQS's default is 10.
    pub batch: usize,
    /// Seconds to gather a batch (standard queues).
    pub window_seconds: u64,
    /// Batches at once at most.
    pub concurrency: Option<usize>,
    /// Whether the function answers which records failed.
    pub reports_failures: bool,
}

/// A DynamoDB stream mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamMapping {
    /// The function's logical id.
    pub function: String,
    /// The stream's ARN.
    pub stream_arn: String,
    /// Records in a batch at most; Lambda's default is 100.
    pub batch: usize,
    /// Seconds to gather a batch.
    pub window_seconds: u64,
    /// Patterns, any of which lets a record through; none lets all through.
    pub filters: Vec<Value>,
    /// Whether a failed batch is halved before it is repeated.
    pub bisects: bool,
    /// Repeats of a failed batch; without it Lambda repeats until the record expires.
    pub retries: Option<u32>,
    /// The age in seconds at which a record is given up.
    pub age_seconds: Option<u64>,
    /// The bucket that takes what is given up.
    pub failure_bucket: Option<String>,
    /// Whether the function answers where it stopped.
    pub reports_failures: bool,
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The function's logical id.
    pub function: String,
    /// Its name.
    pub name: String,
    /// Seconds between two firings, from `rate(…)`.
    pub every_seconds: u64,
    /// The payload, where the template states one.
    pub input: Option<String>,
}

/// Every mapping of a source: SAM's events and the plain resources, in one shape (`FunctionArn` + properties).
fn mappings(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
    event: &str,
    source: &str,
) -> Result<Vec<(String, String, Value)>, Refusal> {
    let mut found = Vec::new();
    for function in functions.values() {
        for (name, stated) in function.events.as_object().into_iter().flatten() {
            if stated["Type"] == event {
                let mut properties = stated["Properties"].clone();
                properties["EventSourceArn"] = properties[source].clone();
                found.push((format!("{}.Events.{name}", function.logical), function.logical.clone(), properties));
            }
        }
    }
    for resource in resources.of("AWS::Lambda::EventSourceMapping") {
        let service = if event == "SQS" { "arn:aws:sqs:" } else { "arn:aws:dynamodb:" };
        let properties = &resource.properties;
        if !properties["EventSourceArn"].as_str().unwrap_or_default().starts_with(service) {
            continue;
        }
        let named = properties["FunctionName"].as_str().unwrap_or_default();
        let function = functions.values().find(|function| function.name == named || function.arn == named);
        let function =
            function.ok_or_else(|| Refusal::new(&format!("{}.FunctionName", resource.logical), "names no function"))?;
        found.push((resource.logical.clone(), function.logical.clone(), properties.clone()));
    }
    found.retain(|(_, _, properties)| properties.get("Enabled").is_none_or(is_true));
    Ok(found)
}

pub(super) fn queue_mappings(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
) -> Result<Vec<QueueMapping>, Refusal> {
    let mut found = Vec::new();
    for (at, function, stated) in mappings(resources, functions, "SQS", "Queue")? {
        if stated.get("FilterCriteria").is_some() {
            return Err(Refusal::new(
                &format!("{at}.FilterCriteria"),
                "SQS deletes what a filter drops; filter in code",
            ));
        }
        let batch = number(&at, &stated, "BatchSize")?.unwrap_or(10) as usize;
        let queue_arn = required(&at, &stated, "EventSourceArn")?;
        if queue_arn.ends_with(".fifo") && batch > 10 {
            return Err(Refusal::new(&format!("{at}.BatchSize"), "is at most 10 on a FIFO queue"));
        }
        found.push(QueueMapping {
            function,
            queue_arn,
            batch,
            window_seconds: number(&at, &stated, "MaximumBatchingWindowInSeconds")?.unwrap_or(0),
            concurrency: stated["ScalingConfig"]["MaximumConcurrency"].as_u64().map(|n| n as usize),
            reports_failures: reports(&stated),
        });
    }
    Ok(found)
}

pub(super) fn stream_mappings(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
) -> Result<Vec<StreamMapping>, Refusal> {
    let mut found = Vec::new();
    for (at, function, stated) in mappings(resources, functions, "DynamoDB", "Stream")? {
        let mut filters = Vec::new();
        for filter in list(&stated["FilterCriteria"]["Filters"]) {
            let text = filter["Pattern"].as_str().unwrap_or_default();
            let pattern = serde_json::from_str(text).map_err(|fault| {
                Refusal::new(&format!("{at}.FilterCriteria"), format!("a pattern is not JSON: {fault}"))
            })?;
            filters.push(pattern);
        }
        let destination = stated["DestinationConfig"]["OnFailure"]["Destination"].as_str();
        let failure_bucket = destination.and_then(|arn| arn.strip_prefix("arn:aws:s3:::")).map(str::to_owned);
        if destination.is_some() && failure_bucket.is_none() {
            return Err(Refusal::new(&format!("{at}.DestinationConfig.OnFailure"), "is not a bucket"));
        }
        found.push(StreamMapping {
            function,
            stream_arn: required(&at, &stated, "EventSourceArn")?,
            batch: number(&at, &stated, "BatchSize")?.unwrap_or(100) as usize,
            window_seconds: number(&at, &stated, "MaximumBatchingWindowInSeconds")?.unwrap_or(0),
            filters,
            bisects: is_true(&stated["BisectBatchOnFunctionError"]),
            retries: number(&at, &stated, "MaximumRetryAttempts")?.map(|n| n as u32),
            age_seconds: number(&at, &stated, "MaximumRecordAgeInSeconds")?,
            failure_bucket,
            reports_failures: reports(&stated),
        });
    }
    Ok(found)
}

fn reports(stated: &Value) -> bool {
    list(&stated["FunctionResponseTypes"]).contains(&json!("ReportBatchItemFailures"))
}

fn required(at: &str, stated: &Value, name: &str) -> Result<String, Refusal> {
    stated[name].as_str().map(str::to_owned).ok_or_else(|| Refusal::new(&format!("{at}.{name}"), "is missing"))
}

/// A whole number; `-1`, Lambda's word for "without end", is none.
fn number(at: &str, stated: &Value, name: &str) -> Result<Option<u64>, Refusal> {
    match &stated[name] {
        Value::Null => Ok(None),
        value if *value == json!(-1) => Ok(None),
        value => plain(value.clone())
            .parse()
            .map(Some)
            .map_err(|_| Refusal::new(&format!("{at}.{name}"), format!("{value} is not a whole number"))),
    }
}

pub(super) fn schedules(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
) -> Result<Vec<Schedule>, Refusal> {
    let mut found = Vec::new();
    for function in functions.values() {
        for (name, stated) in function.events.as_object().into_iter().flatten() {
            let properties = &stated["Properties"];
            let expression = match stated["Type"].as_str() {
                Some("ScheduleV2") => &properties["ScheduleExpression"],
                Some("Schedule") => &properties["Schedule"],
                _ => continue,
            };
            let at = format!("{}.Events.{name}", function.logical);
            let own = properties["Name"].as_str().unwrap_or(name);
            found.extend(schedule(&at, own, &function.logical, expression, &properties["Input"], properties)?);
        }
    }
    for resource in resources.of("AWS::Scheduler::Schedule") {
        let target = &resource.properties["Target"];
        let function = functions.values().find(|function| target["Arn"] == function.arn.as_str());
        let function =
            function.ok_or_else(|| Refusal::new(&format!("{}.Target.Arn", resource.logical), "names no function"))?;
        let expression = &resource.properties["ScheduleExpression"];
        let of = schedule(
            &resource.logical,
            &resource.name,
            &function.logical,
            expression,
            &target["Input"],
            &resource.properties,
        )?;
        found.extend(of);
    }
    Ok(found)
}

fn schedule(
    at: &str,
    name: &str,
    function: &str,
    expression: &Value,
    input: &Value,
    stated: &Value,
) -> Result<Option<Schedule>, Refusal> {
    if stated["State"] == "DISABLED" {
        return Ok(None);
    }
    let text = expression.as_str().unwrap_or_default();
    let every_seconds = rate(text).ok_or_else(|| {
        Refusal::new(at, format!("{text:?} is not a rate(…), the one kind of schedule understood here"))
    })?;
    let input = input.as_str().map(str::to_owned);
    Ok(Some(Schedule { function: function.to_owned(), name: name.to_owned(), every_seconds, input }))
}

/// `rate(1 minute)`, `rate(12 hours)`: seconds between firings.
fn rate(expression: &str) -> Option<u64> {
    let (count, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    count.parse::<u64>().ok().filter(|count| *count > 0).map(|count| count * seconds)
}

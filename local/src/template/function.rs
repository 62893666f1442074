//! Functions, their roles, and what wakes them: queues, streams and the clock.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::intrinsics::Scope;
use super::store::is_true;
use super::{Refusal, Resource, Resources, names, typed};

/// A function as the host runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its logical id in the template.
    pub logical: String,
    /// Its name in Lambda.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The binary: `Metadata.BuildProperties.Binary`.
    pub binary: String,
    /// Seconds an invocation may take.
    pub timeout_seconds: u64,
    /// Megabytes of memory, as `AWS_LAMBDA_FUNCTION_MEMORY_SIZE` says; not enforced here.
    pub memory_mb: u64,
    /// Invocations at once, where the template reserves some.
    pub reserved: Option<usize>,
    /// Its variables.
    pub environment: BTreeMap<String, String>,
    /// The ARN of the role it runs as.
    pub role: String,
    /// Times that a failed asynchronous invocation is repeated; Lambda's default is 2.
    pub async_retries: u32,
    events: Value,
    policies: Value,
}

/// A role and what its policies say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Every statement of every policy.
    pub statements: Vec<Statement>,
}

/// One statement of a policy, its lists made lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement {
    /// Whether it is a Deny.
    pub denies: bool,
    /// Action patterns.
    pub actions: Vec<String>,
    /// Resource patterns.
    pub resources: Vec<String>,
    /// Conditions as written: operator → key → value or values.
    pub condition: Value,
}

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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stated {
    timeout: Option<u64>,
    memory_size: Option<u64>,
    reserved_concurrent_executions: Option<usize>,
    #[serde(default)]
    environment: Environment,
    role: Option<String>,
    #[serde(default)]
    events: Value,
    #[serde(default)]
    policies: Value,
    #[serde(default)]
    event_invoke_config: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Environment {
    variables: BTreeMap<String, Value>,
}

pub(super) fn functions(resources: &Resources, scope: &Scope<'_>) -> Result<BTreeMap<String, Function>, Refusal> {
    let globals = scope.resolve(&scope.document["Globals"]["Function"], "Globals.Function")?.unwrap_or_default();
    let each = resources.of("AWS::Serverless::Function");
    each.map(|resource| Ok((resource.logical.clone(), function(resource, &globals)?))).collect()
}

fn function(resource: &Resource, globals: &Value) -> Result<Function, Refusal> {
    let properties = merged(globals, &resource.properties);
    let stated: Stated = typed(&resource.logical, &properties)?;
    let binary = resource.metadata["BuildProperties"]["Binary"].as_str().ok_or_else(|| {
        Refusal::new(&format!("{}.Metadata.BuildProperties.Binary", resource.logical), "names no binary to run")
    })?;
    let variables = stated.environment.variables.into_iter();
    Ok(Function {
        logical: resource.logical.clone(),
        arn: names::function_arn(&resource.name),
        name: resource.name.clone(),
        binary: binary.to_owned(),
        timeout_seconds: stated.timeout.unwrap_or(3),
        memory_mb: stated.memory_size.unwrap_or(128),
        reserved: stated.reserved_concurrent_executions,
        environment: variables.map(|(name, value)| (name, plain(value))).collect(),
        role: stated.role.unwrap_or_else(|| names::role_arn(&format!("{}-{}Role", names::STACK, resource.logical))),
        async_retries: stated.event_invoke_config["MaximumRetryAttempts"].as_u64().map_or(2, |n| n as u32),
        events: stated.events,
        policies: stated.policies,
    })
}

/// SAM lays a function's own properties over the globals: maps are merged, lists are joined, the rest is replaced.
fn merged(globals: &Value, own: &Value) -> Value {
    match (globals, own) {
        (Value::Object(globals), Value::Object(own)) => {
            let mut both = globals.clone();
            for (key, value) in own {
                let value = both.get(key).map_or_else(|| value.clone(), |global| merged(global, value));
                both.insert(key.clone(), value);
            }
            Value::Object(both)
        }
        (Value::Array(globals), Value::Array(own)) => globals.iter().chain(own).cloned().collect(),
        (globals, Value::Null) => globals.clone(),
        (_, own) => own.clone(),
    }
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

pub(super) fn roles(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
) -> Result<BTreeMap<String, Role>, Refusal> {
    let mut roles: BTreeMap<String, Role> = BTreeMap::new();
    for resource in resources.of("AWS::IAM::Role") {
        let role = roles.entry(resource.name.clone()).or_default();
        role.arn = names::role_arn(&resource.name);
        for policy in list(&resource.properties["Policies"]) {
            role.statements.extend(statements(&resource.logical, &policy["PolicyDocument"])?);
        }
    }
    for kind in ["AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"] {
        for resource in resources.of(kind) {
            let attached = list(&resource.properties["Roles"]).into_iter();
            for name in attached.chain(list(&resource.properties["RoleName"])) {
                let role = roles.entry(name.as_str().unwrap_or_default().to_owned()).or_default();
                role.statements.extend(statements(&resource.logical, &resource.properties["PolicyDocument"])?);
            }
        }
    }
    for function in functions.values() {
        let name = function.role.rsplit('/').next().unwrap_or_default().to_owned();
        let role = roles.entry(name).or_default();
        role.arn.clone_from(&function.role);
        for policy in list(&function.policies) {
            match policy {
                Value::Object(_) if policy.get("Statement").is_some() => {
                    role.statements.extend(statements(&function.logical, &policy)?);
                }
                Value::String(_) => {} // A managed policy: logs and the like, which nothing local asks for.
                _ => {
                    let at = format!("{}.Policies", function.logical);
                    return Err(Refusal::new(&at, "is neither a policy document nor a managed policy's name"));
                }
            }
        }
    }
    Ok(roles)
}

fn statements(at: &str, document: &Value) -> Result<Vec<Statement>, Refusal> {
    let texts = |value: &Value| list(value).into_iter().map(plain).collect();
    list(&document["Statement"])
        .iter()
        .map(|stated| {
            let effect = stated["Effect"].as_str().unwrap_or_default();
            if !["Allow", "Deny"].contains(&effect) {
                return Err(Refusal::new(&format!("{at}.Statement.Effect"), "is Allow or Deny"));
            }
            if stated.get("NotAction").or_else(|| stated.get("NotResource")).is_some() {
                return Err(Refusal::new(&format!("{at}.Statement"), "NotAction and NotResource are not understood here"));
            }
            Ok(Statement {
                denies: effect == "Deny",
                actions: texts(&stated["Action"]),
                resources: texts(&stated["Resource"]),
                condition: stated["Condition"].clone(),
            })
        })
        .collect()
}

/// CloudFormation takes one thing where a list may stand.
pub(super) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
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
        let function = function
            .ok_or_else(|| Refusal::new(&format!("{}.FunctionName", resource.logical), "names no function"))?;
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
            return Err(Refusal::new(&format!("{at}.FilterCriteria"), "SQS deletes what a filter drops; filter in code"));
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
            let pattern = serde_json::from_str(text)
                .map_err(|fault| Refusal::new(&format!("{at}.FilterCriteria"), format!("a pattern is not JSON: {fault}")))?;
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
        let of = schedule(&resource.logical, &resource.name, &function.logical, expression, &target["Input"], &resource.properties)?;
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
    let every_seconds = rate(text)
        .ok_or_else(|| Refusal::new(at, format!("{text:?} is not a rate(…), the one kind of schedule understood here")))?;
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

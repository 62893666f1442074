//! Functions, and the roles they run as.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::intrinsics::Scope;
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
    pub(super) events: Value,
    policies: Value,
}

/// A role and what its policies say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Every statement of every policy.
    pub statements: Vec<Statement>,
    /// Who may assume it.
    pub trusts: Vec<Trust>,
}

/// One statement of a role's trust policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trust {
    /// ARNs of roles. A service, which Lambda is to a function's role, is none: the host itself plays it.
    pub principals: Vec<String>,
    /// What they may do. Its resource is the role itself, whatever its ARN.
    pub statement: Statement,
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

pub(super) fn plain(value: Value) -> String {
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
        role.trusts = trusts(&resource.logical, &resource.properties["AssumeRolePolicyDocument"])?;
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
                return Err(Refusal::new(
                    &format!("{at}.Statement"),
                    "NotAction and NotResource are not understood here",
                ));
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

fn trusts(at: &str, document: &Value) -> Result<Vec<Trust>, Refusal> {
    let stated = list(&document["Statement"]);
    let principals = stated.iter().map(|stated| list(&stated["Principal"]["AWS"]).into_iter().map(plain).collect());
    let trust = |(principals, statement)| Trust {
        principals,
        statement: Statement { resources: vec!["*".to_owned()], ..statement },
    };
    Ok(principals.zip(statements(at, document)?).map(trust).collect())
}

/// CloudFormation takes one thing where a list may stand.
pub(super) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

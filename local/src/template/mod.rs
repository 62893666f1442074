//! Reads `infra/template.yaml`: what runs on this machine is what is deployed, and what is unknown is refused.

mod api;
mod check;
mod function;
mod headers;
mod intrinsics;
mod names;
mod store;
mod trigger;
mod yaml;

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use api::{HttpRoute, SocketRoute};
pub use function::{Function, Role, Statement, Trust};
pub use names::{
    ACCOUNT, Addresses, REGION, STACK, function_arn, queue_arn, role_arn, secret_arn, stream_arn, table_arn,
};
pub use store::{Bucket, CorsRule, Generate, Queue, Secret, Table};
pub use trigger::{QueueMapping, Schedule, StreamMapping};

use intrinsics::Scope;
use names::Names;

/// Why a template cannot be run: one line that names the resource and the property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where: a logical id and, after dots, a property.
    pub at: String,
    /// What is wrong there.
    pub reason: String,
}

impl Refusal {
    fn new(at: &str, reason: impl fmt::Display) -> Self {
        Self { at: at.to_owned(), reason: reason.to_string() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "infra/template.yaml: {}: {}", self.at, self.reason.replace('\n', " "))
    }
}

impl std::error::Error for Refusal {}

/// Everything that the host takes from the template, resolved.
#[derive(Clone, Debug)]
pub struct Template {
    /// The functions, by logical id.
    pub functions: BTreeMap<String, Function>,
    /// The roles, by name: the explicit ones and those that SAM makes for functions.
    pub roles: BTreeMap<String, Role>,
    /// The queues.
    pub queues: Vec<Queue>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// The secrets.
    pub secrets: Vec<Secret>,
    /// What SQS hands to which function.
    pub queue_mappings: Vec<QueueMapping>,
    /// What a table's stream hands to which function.
    pub stream_mappings: Vec<StreamMapping>,
    /// What the clock hands to which function.
    pub schedules: Vec<Schedule>,
    /// The HTTP API's routes.
    pub http_routes: Vec<HttpRoute>,
    /// The WebSocket API's routes.
    pub socket_routes: Vec<SocketRoute>,
    /// The response headers of the web app, as CloudFront's policy adds them.
    pub app_headers: Vec<(String, String)>,
}

impl Template {
    /// Checks and resolves a template. `parameters` overrule defaults; `addresses` is what only the host knows.
    pub fn read(text: &str, parameters: &BTreeMap<String, String>, addresses: Addresses) -> Result<Self, Refusal> {
        let document = yaml::parse(text)?;
        check::check(&document)?;
        let names = Names { addresses };
        let parameters = chosen(&document, parameters)?;
        let scope = Scope { document: &document, parameters, names: &names };
        let resources = Resources::resolve(&scope)?;
        resources.outputs(&scope)?;
        let functions = function::functions(&resources, &scope)?;
        Ok(Self {
            roles: function::roles(&resources, &functions)?,
            queues: store::queues(&resources)?,
            tables: store::tables(&resources)?,
            buckets: store::buckets(&resources)?,
            secrets: store::secrets(&resources)?,
            queue_mappings: trigger::queue_mappings(&resources, &functions)?,
            stream_mappings: trigger::stream_mappings(&resources, &functions)?,
            schedules: trigger::schedules(&resources, &functions)?,
            http_routes: api::http_routes(&resources, &functions)?,
            socket_routes: api::socket_routes(&resources, &functions)?,
            app_headers: headers::app_headers(&resources)?,
            functions,
        })
    }
}

/// The template as it is written, with each short tag in its long form: for checks of what no function is told.
pub fn document(text: &str) -> Result<Value, Refusal> {
    yaml::parse(text)
}

/// Parameters as they stand: chosen ones, else their defaults. One without either is refused.
fn chosen(document: &Value, overrules: &BTreeMap<String, String>) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut chosen = BTreeMap::new();
    for (name, stated) in document["Parameters"].as_object().into_iter().flatten() {
        let value = overrules.get(name).map(|text| Value::String(text.clone()));
        let value = value.or_else(|| stated.get("Default").cloned());
        let is_list = stated["Type"].as_str().is_some_and(|kind| kind.contains("List"));
        let value = value.map(|value| match value {
            Value::String(text) if is_list => text.split(',').map(|part| Value::from(part.trim())).collect(),
            other => other,
        });
        let value = value.ok_or_else(|| Refusal::new(&format!("Parameters.{name}"), "has no default and no value"))?;
        chosen.insert(name.clone(), value);
    }
    Ok(chosen)
}

/// A resource with its intrinsics resolved, whose condition holds.
#[derive(Clone, Debug)]
struct Resource {
    logical: String,
    name: String,
    kind: String,
    properties: Value,
    metadata: Value,
}

fn typed<T: DeserializeOwned>(at: &str, value: &Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value.clone())
        .map_err(|fault| Refusal::new(&format!("{at}.{}", fault.path()), fault.inner()))
}

struct Resources(Vec<Resource>);

impl Resources {
    fn resolve(scope: &Scope<'_>) -> Result<Self, Refusal> {
        let mut resources = Vec::new();
        for (logical, stated) in scope.document["Resources"].as_object().into_iter().flatten() {
            if let Some(condition) = stated["Condition"].as_str()
                && !scope.condition(condition, logical, 0)?
            {
                continue;
            }
            let kind = stated["Type"].as_str().unwrap_or_default().to_owned();
            resources.push(Resource {
                name: scope.names.physical(scope, logical, &kind, logical, 0)?,
                logical: logical.clone(),
                kind,
                properties: scope.resolve(&stated["Properties"], logical)?.unwrap_or_default(),
                metadata: stated["Metadata"].clone(),
            });
        }
        Ok(Self(resources))
    }

    /// Outputs play no part here, but a reference in one that leads nowhere would fail the deployment.
    fn outputs(&self, scope: &Scope<'_>) -> Result<(), Refusal> {
        for (name, output) in scope.document["Outputs"].as_object().into_iter().flatten() {
            let at = format!("Outputs.{name}");
            let holds = output["Condition"].as_str().map(|condition| scope.condition(condition, &at, 0));
            if holds.transpose()?.unwrap_or(true) {
                scope.resolve(&output["Value"], &at)?;
            }
        }
        Ok(())
    }

    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.0.iter().filter(move |resource| resource.kind == kind)
    }
}

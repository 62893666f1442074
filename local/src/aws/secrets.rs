//! Secrets Manager: versions with stages, as far as programs use them.
//! [API](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::journal::{Change, Journal};
use super::{ACCOUNT, Data, Now, REGION};
use crate::listen::lock;

#[derive(Clone)]
pub struct Secrets(Arc<Inner>);

struct Inner {
    now: Now,
    journal: Journal,
    secrets: Mutex<BTreeMap<String, Secret>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Secret {
    name: String,
    created: u64,
    changed: u64,
    deleted: Option<u64>,
    /// Newest last.
    versions: Vec<Version>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Version {
    id: String,
    created: u64,
    text: Option<String>,
    binary: Option<String>,
    stages: Vec<String>,
}

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// An error in AWS's words.
struct Fault(&'static str, String);

impl Fault {
    fn absent() -> Self {
        Self("ResourceNotFoundException", "Secrets Manager can't find the specified secret.".to_owned())
    }
}

impl Secrets {
    /// Opens what is kept under `secrets.db`, or starts empty.
    pub fn open(data: &Data, now: Now) -> rusqlite::Result<Self> {
        let (journal, kept) = match data.file("secrets.db") {
            Some(file) => Journal::open(&file)?,
            None => (Journal::memory(), Vec::new()),
        };
        let secrets = kept.into_iter().filter_map(|(name, json)| Some((name, serde_json::from_slice(&json).ok()?)));
        Ok(Self(Arc::new(Inner { now, journal, secrets: Mutex::new(secrets.collect()) })))
    }

    pub fn arn(name: &str) -> String {
        format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}")
    }

    /// Creates a secret unless there is one of that name.
    pub async fn put_if_absent(&self, name: &str, text: &str) {
        if self.get(name).is_none() {
            let input = json!({ "Name": name, "SecretString": text });
            self.run("CreateSecret", &input).await.ok();
        }
    }

    /// The current text of a secret.
    pub fn get(&self, name: &str) -> Option<String> {
        let secrets = lock(&self.0.secrets);
        let secret = secrets.get(name).filter(|s| s.deleted.is_none())?;
        secret.versions.iter().find(|v| v.stages.iter().any(|s| s == CURRENT))?.text.clone()
    }

    async fn run(&self, operation: &str, input: &Value) -> Result<Value, Fault> {
        let now = (self.0.now)();
        let (answer, changed) = {
            let mut secrets = lock(&self.0.secrets);
            apply(&mut secrets, operation, input, now)?
        };
        if let Some(secret) = changed {
            let json = serde_json::to_vec(&secret).unwrap_or_default();
            self.0.journal.write(vec![Change::Put(secret.name, json)]).await;
        }
        Ok(answer)
    }
}

/// The secrets by their names.
type Named = BTreeMap<String, Secret>;

/// What an operation answers, and the secret that it changed.
fn apply(secrets: &mut Named, operation: &str, input: &Value, now: u64) -> Result<(Value, Option<Secret>), Fault> {
    match operation {
        "CreateSecret" => create(secrets, input, now),
        "ListSecrets" => {
            let list: Vec<Value> = secrets.values().filter(|s| s.deleted.is_none()).map(described).collect();
            Ok((json!({ "SecretList": list }), None))
        }
        _ => {
            let id = input["SecretId"].as_str().unwrap_or_default();
            let name = id.rsplit_once(":secret:").map_or(id, |(_, name)| name);
            let secret = secrets.get_mut(name).ok_or_else(Fault::absent)?;
            of_one(secret, operation, input, now)
        }
    }
}

fn create(secrets: &mut Named, input: &Value, now: u64) -> Result<(Value, Option<Secret>), Fault> {
    let name = input["Name"].as_str().filter(|n| !n.is_empty() && n.len() <= 512);
    let name = name.ok_or_else(|| Fault("ValidationException", "Name is not valid.".to_owned()))?;
    if let Some(secret) = secrets.get(name) {
        let again = secret.versions.last().filter(|v| Some(v.id.as_str()) == input["ClientRequestToken"].as_str());
        return match again {
            Some(version) => Ok((named(secret, Some(version)), None)),
            None => Err(Fault("ResourceExistsException", format!("The secret {name} already exists."))),
        };
    }
    let mut secret = Secret { name: name.to_owned(), created: now, changed: now, deleted: None, versions: Vec::new() };
    if !input["SecretString"].is_null() || !input["SecretBinary"].is_null() {
        add(&mut secret, input, now)?;
    }
    let answer = named(&secret, secret.versions.last());
    secrets.insert(name.to_owned(), secret.clone());
    Ok((answer, Some(secret)))
}

fn of_one(secret: &mut Secret, operation: &str, input: &Value, now: u64) -> Result<(Value, Option<Secret>), Fault> {
    if secret.deleted.is_some() && !matches!(operation, "RestoreSecret" | "DescribeSecret" | "DeleteSecret") {
        let why = "You can't perform this operation on the secret because it was marked for deletion.";
        return Err(Fault("InvalidRequestException", why.to_owned()));
    }
    let answer = match operation {
        "GetSecretValue" => return value(secret, input).map(|v| (v, None)),
        "DescribeSecret" => return Ok((described(secret), None)),
        "UpdateSecret" if input["SecretString"].is_null() && input["SecretBinary"].is_null() => named(secret, None),
        "PutSecretValue" | "UpdateSecret" => {
            let at = add(secret, input, now)?;
            named(secret, secret.versions.get(at))
        }
        "DeleteSecret" => {
            secret.deleted = Some(now);
            json!({ "ARN": Secrets::arn(&secret.name), "Name": secret.name, "DeletionDate": seconds(now) })
        }
        "RestoreSecret" => {
            secret.deleted = None;
            named(secret, None)
        }
        "TagResource" | "UntagResource" => json!({}),
        _ => return Err(Fault("InvalidAction", format!("{operation} is not played here."))),
    };
    Ok((answer, Some(secret.clone())))
}

/// Adds a version, which becomes the current one; the one that was is the previous one. Returns its place. The same token
/// with the same value adds nothing, with another value it is refused.
fn add(secret: &mut Secret, input: &Value, now: u64) -> Result<usize, Fault> {
    let owned = |key: &str| input[key].as_str().map(str::to_owned);
    let token = owned("ClientRequestToken");
    if let Some(at) = token.as_ref().and_then(|t| secret.versions.iter().position(|v| v.id == *t)) {
        let same =
            secret.versions[at].text == owned("SecretString") && secret.versions[at].binary == owned("SecretBinary");
        let other = "You can't use a ClientRequestToken again with another value.";
        return if same { Ok(at) } else { Err(Fault("ResourceExistsException", other.to_owned())) };
    }
    for version in &mut secret.versions {
        let was_current = version.stages.iter().any(|s| s == CURRENT);
        version.stages.retain(|s| s != CURRENT && s != PREVIOUS);
        if was_current {
            version.stages.push(PREVIOUS.to_owned());
        }
    }
    let id = token.unwrap_or_else(|| format!("{now:012x}-{:020}", secret.versions.len() + 1));
    secret.versions.push(Version {
        id,
        created: now,
        text: owned("SecretString"),
        binary: owned("SecretBinary"),
        stages: vec![CURRENT.to_owned()],
    });
    // AWS keeps about a hundred versions; those without a stage are the first to go.
    while secret.versions.len() > 100 {
        secret.versions.remove(0);
    }
    secret.changed = now;
    Ok(secret.versions.len() - 1)
}

fn value(secret: &Secret, input: &Value) -> Result<Value, Fault> {
    let stage = input["VersionStage"].as_str().unwrap_or(CURRENT);
    let wanted = |v: &&Version| match input["VersionId"].as_str() {
        Some(id) => v.id == id,
        None => v.stages.iter().any(|s| s == stage),
    };
    let absent = || {
        Fault(
            "ResourceNotFoundException",
            format!("Secrets Manager can't find the specified secret value for staging label: {stage}"),
        )
    };
    let version = secret.versions.iter().find(wanted).ok_or_else(absent)?;
    let mut value = json!({
        "ARN": Secrets::arn(&secret.name), "Name": secret.name, "VersionId": version.id,
        "VersionStages": version.stages, "CreatedDate": seconds(version.created),
    });
    if let Some(text) = &version.text {
        value["SecretString"] = text.as_str().into();
    }
    if let Some(binary) = &version.binary {
        value["SecretBinary"] = binary.as_str().into();
    }
    Ok(value)
}

fn named(secret: &Secret, version: Option<&Version>) -> Value {
    let mut named = json!({ "ARN": Secrets::arn(&secret.name), "Name": secret.name });
    if let Some(version) = version {
        named["VersionId"] = version.id.as_str().into();
        named["VersionStages"] = json!(version.stages);
    }
    named
}

fn described(secret: &Secret) -> Value {
    let stages: BTreeMap<&str, &Vec<String>> = secret.versions.iter().map(|v| (v.id.as_str(), &v.stages)).collect();
    json!({
        "ARN": Secrets::arn(&secret.name), "Name": secret.name, "VersionIdsToStages": stages,
        "CreatedDate": seconds(secret.created), "LastChangedDate": seconds(secret.changed),
        "DeletedDate": secret.deleted.map(seconds),
    })
}

fn seconds(ms: u64) -> u64 {
    ms / 1_000
}

pub fn router(secrets: Secrets) -> Router {
    Router::new().route("/", post(answer)).with_state(secrets)
}

async fn answer(State(secrets): State<Secrets>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
    let operation = target.strip_prefix("secretsmanager.").unwrap_or_default();
    let input = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let json = [(header::CONTENT_TYPE, "application/x-amz-json-1.1")];
    match secrets.run(operation, &input).await {
        Ok(output) => (json, output.to_string()).into_response(),
        Err(Fault(code, message)) => {
            (StatusCode::BAD_REQUEST, json, json!({ "__type": code, "message": message }).to_string()).into_response()
        }
    }
}

//! What lies outside the API: queues and secrets that remember, and a Graph that knows which token owns which number.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use api::{channels::Graph, files::FileLinks, meta::app::MetaAppSource};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::Builder;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use blob::Files;
use bootstrap::{Aws, Service, Settings};
use channel_meta::probe::GraphAddress;
use credential::{Secrets, TenantSecrets};
use queue::{Producer, Sqs};
use serde_json::{Value, json};

use super::onboarding::{self, Onboarding};

/// Headers and bytes.
type Object = (Vec<(&'static str, String)>, Vec<u8>);

#[derive(Default)]
pub(super) struct Memory {
    sent: Vec<(String, String)>,
    secrets: HashMap<String, String>,
    /// Token → the number it owns.
    pub(super) owners: HashMap<String, String>,
    /// What the business account has, as Graph tells of it.
    templates: Vec<Value>,
    /// The examples of new templates' files: what was announced, and the bytes.
    examples: Vec<(String, Vec<u8>)>,
    /// What lies in the bucket, by its path.
    objects: HashMap<String, Object>,
    pub(super) onboarding: Onboarding,
}

#[derive(Clone)]
pub(crate) struct Outside {
    endpoint: String,
    memory: Arc<Mutex<Memory>>,
}

impl Outside {
    pub(crate) async fn start() -> Self {
        let memory = Arc::new(Mutex::new(Memory::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let outside = Self { endpoint, memory };
        let router = Router::new()
            .route("/", post(aws))
            .route("/bucket/{*key}", get(object))
            .route("/v25.0/{id}", get(graph).post(fill_upload))
            .route("/v25.0/{id}/uploads", post(begin_upload))
            .route("/v25.0/{id}/message_templates", get(templates).post(new_template))
            .merge(onboarding::routes())
            .with_state(outside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        outside
    }

    pub(crate) fn producer(&self, name: &str) -> Producer {
        let aws = Aws::new(&Settings::of([
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]));
        let aws = aws.unwrap();
        let sqs = Sqs::new(&aws.config(Service::Sqs), aws.connector());
        Producer::new(sqs, format!("{}/1/{name}", self.endpoint))
    }

    pub(crate) fn links(&self) -> FileLinks {
        let session = SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test"));
        let files = Files {
            url: format!("{}/bucket", self.endpoint),
            bucket: "bucket".to_owned(),
            region: "eu-central-1".to_owned(),
        };
        FileLinks { files, sessions: Arc::new(move |_| session.clone()) }
    }

    pub(crate) fn tokens(&self) -> TenantSecrets {
        TenantSecrets::new(self.secrets(), "tenant/".to_owned())
    }

    pub(crate) fn meta_app(&self) -> MetaAppSource {
        MetaAppSource::new(self.secrets(), "meta-app".to_owned())
    }

    fn secrets(&self) -> Secrets {
        let conf = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(&self.endpoint)
            .http_client(Builder::new().build_http());
        Secrets::new(aws_sdk_secretsmanager::Client::from_conf(conf.build()))
    }

    /// The text of a secret.
    pub(crate) fn secret(&self, id: &str) -> Option<String> {
        self.memory().secrets.get(id).cloned()
    }

    /// From now on the secret is this.
    pub(crate) fn put_secret(&self, id: &str, value: &Value) {
        self.memory().secrets.insert(id.to_owned(), value.to_string());
    }

    pub(crate) fn graph(&self) -> Graph {
        let settings = Settings::of([]);
        let client = bootstrap::http::channels(&settings, std::time::Duration::from_secs(5)).unwrap();
        let address = GraphAddress { base_url: self.endpoint.clone(), version: "v25.0".to_owned() };
        Graph { client, address, carrier: None }
    }

    /// From now on this token owns this number.
    pub(crate) fn grant(&self, token: &str, number: &str) {
        self.memory().owners.insert(token.to_owned(), number.to_owned());
    }

    /// What the business account has from now on.
    pub(crate) fn has_templates(&self, templates: Vec<Value>) {
        self.memory().templates = templates;
    }

    /// Those that were handed in, and those it had.
    pub(crate) fn templates(&self) -> Vec<Value> {
        self.memory().templates.clone()
    }

    /// A browser has filled in a form: the object lies in the bucket.
    pub(crate) fn put(&self, form: &Value, body: &[u8]) {
        let field = |name: &str| form["fields"][name].as_str().unwrap().to_owned();
        let headers = ["Content-Type", "x-amz-meta-kind", "x-amz-meta-name"].map(|name| (name, field(name)));
        self.memory().objects.insert(field("key"), (headers.into(), body.to_vec()));
    }

    /// What reviewers are shown: what was announced of each file, and its bytes.
    pub(crate) fn examples(&self) -> Vec<(String, Vec<u8>)> {
        self.memory().examples.clone()
    }

    pub(crate) fn revoke(&self, token: &str) {
        self.memory().owners.remove(token);
    }

    /// The queues' names and the records' bodies so far.
    pub(crate) fn sent(&self) -> Vec<(String, String)> {
        self.memory().sent.clone()
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }
}

async fn aws(State(outside): State<Outside>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
    let request: Value = serde_json::from_str(&body).unwrap();
    let target = headers["x-amz-target"].to_str().unwrap().rsplit('.').next().unwrap().to_owned();
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let mut memory = outside.memory();
    let answer = match target.as_str() {
        "SendMessageBatch" => {
            let name = text("QueueUrl").rsplit('/').next().unwrap().to_owned();
            let mut successful = Vec::new();
            for entry in request["Entries"].as_array().unwrap() {
                memory.sent.push((name.clone(), entry["MessageBody"].as_str().unwrap().to_owned()));
                successful.push(json!({"Id": entry["Id"], "MessageId": "1", "MD5OfMessageBody": "0"}));
            }
            json!({"Successful": successful, "Failed": []})
        }
        "GetSecretValue" => match memory.secrets.get(&text("SecretId")) {
            Some(secret) => json!({"SecretString": secret}),
            None => return (StatusCode::BAD_REQUEST, Json(json!({"__type": "ResourceNotFoundException"}))),
        },
        "CreateSecret" | "PutSecretValue" => {
            let name = if target == "CreateSecret" { text("Name") } else { text("SecretId") };
            memory.secrets.insert(name, text("SecretString"));
            json!({})
        }
        other => panic!("{other} is not played here"),
    };
    (StatusCode::OK, Json(answer))
}

/// An object, or its first bytes.
async fn object(State(outside): State<Outside>, Path(key): Path<String>, asked: HeaderMap) -> Response {
    let Some((headers, body)) = outside.memory().objects.get(&key).cloned() else {
        return StatusCode::FORBIDDEN.into_response();
    };
    if !asked.contains_key("range") {
        return body.into_response();
    }
    let last: usize = asked["range"].to_str().unwrap().strip_prefix("bytes=0-").unwrap().parse().unwrap();
    let start = body[..body.len().min(last + 1)].to_vec();
    let range = format!("bytes 0-{}/{}", start.len() - 1, body.len());
    let mut answer = (StatusCode::PARTIAL_CONTENT, [("content-range", range)], start).into_response();
    answer
        .headers_mut()
        .extend(headers.into_iter().map(|(name, said)| (name.parse::<HeaderName>().unwrap(), said.parse().unwrap())));
    answer
}

async fn graph(
    State(outside): State<Outside>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> (StatusCode, Json<Value>) {
    let token = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
    let owned = outside.memory().owners.get(&token).cloned();
    match owned {
        Some(number) if number == id => {
            let mut node = json!({"id": id, "verified_name": "Acme Ltd"});
            if let Some(url) = outside.memory().onboarding.webhooks_to.clone() {
                node["webhook_configuration"] = json!({"application": url});
            }
            (StatusCode::OK, Json(node))
        }
        Some(_) => (StatusCode::BAD_REQUEST, Json(json!({"error": {"code": 100, "error_subcode": 33}}))),
        None => (StatusCode::UNAUTHORIZED, Json(json!({"error": {"code": 190}}))),
    }
}

fn knows(outside: &Outside, headers: &HeaderMap) -> Result<(), (StatusCode, Json<Value>)> {
    let token = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
    let known = outside.memory().owners.contains_key(&token);
    if known { Ok(()) } else { Err((StatusCode::UNAUTHORIZED, Json(json!({"error": {"code": 190}})))) }
}

/// Two a page.
async fn templates(
    State(outside): State<Outside>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    knows(&outside, &headers)?;
    let from: usize = query.get("after").map_or(0, |after| after.parse().unwrap());
    let all = outside.templates();
    let data: Vec<_> = all.iter().skip(from).take(2).collect();
    let mut paging = json!({"cursors": {"after": (from + 2).to_string()}});
    if from + 2 < all.len() {
        paging["next"] = json!("https://graph.test/next");
    }
    Ok(Json(json!({"data": data, "paging": paging})))
}

/// Refuses what is called `refused`.
async fn new_template(
    State(outside): State<Outside>,
    headers: HeaderMap,
    Json(new): Json<Value>,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    knows(&outside, &headers)?;
    if new["name"] == "refused" {
        let error =
            json!({"code": 100, "message": "Invalid parameter", "error_user_msg": "There is already such a template"});
        return Err((StatusCode::BAD_REQUEST, Json(json!({"error": error}))));
    }
    outside.memory().templates.push(new);
    Ok(Json(json!({"id": "7", "status": "PENDING", "category": "MARKETING"})))
}

async fn begin_upload(
    State(outside): State<Outside>,
    Path(app): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    knows(&outside, &headers)?;
    let announced = format!("{app} {} {} {}", query["file_name"], query["file_type"], query["file_length"]);
    let mut memory = outside.memory();
    memory.examples.push((announced, Vec::new()));
    Ok(Json(json!({"id": format!("upload:{}?sig=s", memory.examples.len())})))
}

async fn fill_upload(
    State(outside): State<Outside>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Json<Value> {
    let said = ["authorization", "file_offset"].map(|name| headers[name].to_str().unwrap().to_owned());
    assert_eq!((said, &*query["sig"]), (["OAuth good".to_owned(), "0".to_owned()], "s"));
    let place: usize = id.strip_prefix("upload:").unwrap().parse().unwrap();
    outside.memory().examples[place - 1].1 = body.to_vec();
    Json(json!({"h": format!("4::{place}")}))
}

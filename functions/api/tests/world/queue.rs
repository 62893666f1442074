//! A queue that remembers what it was sent.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::Builder;
use axum::{Json, Router, extract::State, routing::post};
use queue::Producer;
use serde_json::{Value, json};

type Sent = Arc<Mutex<Vec<(String, String)>>>;

pub struct Queue {
    endpoint: String,
    sent: Sent,
}

impl Queue {
    pub async fn start() -> Self {
        let sent = Sent::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(take)).with_state(sent.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, sent }
    }

    pub fn producer(&self, name: &str) -> Producer {
        let conf = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(&self.endpoint)
            .http_client(Builder::new().build_http());
        Producer::new(aws_sdk_sqs::Client::from_conf(conf.build()), format!("{}/1/{name}", self.endpoint))
    }

    /// The queues' names and the records' bodies so far.
    pub fn sent(&self) -> Vec<(String, String)> {
        self.sent.lock().unwrap().clone()
    }
}

/// `SendMessageBatch`.
async fn take(State(sent): State<Sent>, body: String) -> Json<Value> {
    let request: Value = serde_json::from_str(&body).unwrap();
    let name = request["QueueUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut successful = Vec::new();
    for entry in request["Entries"].as_array().unwrap() {
        sent.lock().unwrap().push((name.clone(), entry["MessageBody"].as_str().unwrap().to_owned()));
        successful.push(json!({"Id": entry["Id"], "MessageId": "1", "MD5OfMessageBody": "0"}));
    }
    Json(json!({"Successful": successful, "Failed": []}))
}

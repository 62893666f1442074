//! A queue that remembers the signals that it was given.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, routing::post};
use bootstrap::{Aws, Service, Settings};
use queue::{Producer, Signal, Sqs};
use serde_json::{Value, json};

#[derive(Clone, Default)]
pub(super) struct Queued(Arc<Mutex<Vec<Signal>>>);

impl Queued {
    /// Those since the last time.
    pub(super) fn take(&self) -> Vec<Signal> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

pub(super) async fn start() -> (Queued, Producer) {
    let queued = Queued::default();
    let router = Router::new().route("/", post(enqueue)).with_state(queued.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let aws = Aws::new(&Settings::of([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]));
    let aws = aws.unwrap();
    let sqs = Sqs::new(&aws.config(Service::Sqs), aws.connector());
    (queued, Producer::new(sqs, format!("{endpoint}/1/outbound")))
}

async fn enqueue(State(queued): State<Queued>, body: String) -> Json<Value> {
    let request: Value = serde_json::from_str(&body).unwrap();
    let entries = request["Entries"].as_array().unwrap();
    let signals = entries.iter().map(|entry| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap());
    queued.0.lock().unwrap().extend(signals);
    let taken: Vec<_> =
        entries.iter().map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""})).collect();
    Json(json!({"Successful": taken, "Failed": []}))
}

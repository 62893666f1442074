//! What a producer asks of SQS, and what it makes of the answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_types::{SdkConfig, region::Region};
use serde_json::{Value, json};

use crate::{Outgoing, Producer, Sqs};

const QUEUE: &str = "https://sqs.eu-west-1.amazonaws.com/1/inbound.fifo";

/// A request as it was sent: its address, its headers, its body.
type Asked = (String, Vec<(String, String)>, String);

/// A status and a body; `None`: the connection breaks.
type Answer = Option<(u16, Value)>;

/// A queue that answers as it is told, and takes everything when it is told nothing.
#[derive(Clone, Debug, Default)]
struct Fake {
    asked: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl Fake {
    /// Its next answers.
    fn telling(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: Arc::new(Mutex::new(answers.into_iter().collect())), ..Self::default() }
    }

    fn producer(&self) -> Producer {
        let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let config = SdkConfig::builder()
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .time_source(self.clone())
            .sleep_impl(self.clone())
            .build();
        Producer::new(Sqs::new(&config, SharedHttpConnector::new(self.clone())), QUEUE.to_owned())
    }

    /// The ids of each call's entries, in their order.
    fn calls(&self) -> Vec<Vec<String>> {
        let ids = |body: &String| entries(body).iter().map(|e| e["Id"].as_str().unwrap().to_owned()).collect();
        self.asked.lock().unwrap().iter().map(|(_, _, body)| ids(body)).collect()
    }

    /// How long it waited between tries.
    fn pauses(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().iter().copied().filter(|slept| *slept < Duration::from_secs(1)).collect()
    }
}

fn entries(body: &str) -> Vec<Value> {
    serde_json::from_str::<Value>(body).unwrap()["Entries"].as_array().unwrap().clone()
}

fn taken(ids: impl IntoIterator<Item = impl ToString>) -> Value {
    let taken: Vec<Value> = ids.into_iter().map(|id| json!({ "Id": id.to_string(), "MessageId": "m" })).collect();
    json!({ "Successful": taken })
}

impl TimeSource for Fake {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)
    }
}

impl AsyncSleep for Fake {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.slept.lock().unwrap().push(duration);
        // A try is never late here.
        if duration < Duration::from_secs(1) { Sleep::new(async {}) } else { Sleep::new(std::future::pending()) }
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
        let mut headers: Vec<_> = request.headers().iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        headers.sort();
        self.asked.lock().unwrap().push((request.uri().to_owned(), headers, body.clone()));
        let all = || Some((200, taken(entries(&body).iter().map(|e| e["Id"].as_str().unwrap().to_owned()))));
        HttpConnectorFuture::ready(match self.answers.lock().unwrap().pop_front().unwrap_or_else(all) {
            Some((status, said)) => Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(said.to_string()))),
            None => Err(ConnectorError::io("the connection broke".into())),
        })
    }
}

fn record(body: &str) -> Outgoing {
    Outgoing { group: "g".to_owned(), deduplication: Some("d".to_owned()), body: body.to_owned(), delay_seconds: 0 }
}

/// The signature was reckoned by botocore.
#[tokio::test]
async fn a_call_is_signed_for_the_queues_own_service() {
    let fake = Fake::default();
    assert_eq!(fake.producer().send(&[record(r#"{"a":1}"#)]).await, Vec::<usize>::new());
    let signature = "AWS4-HMAC-SHA256 Credential=AKID/20261118/eu-west-1/sqs/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
        Signature=8b6f2b41c73888a3483ecddddb618c6e27762002c3fbd69effc6743a6964b3d6";
    let headers = [
        ("authorization", signature),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-date", "20261118T110640Z"),
        ("x-amz-security-token", "token"),
        ("x-amz-target", "AmazonSQS.SendMessageBatch"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let body = r#"{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/1/inbound.fifo","Entries":[{"Id":"0","MessageBody":"{\"a\":1}","MessageGroupId":"g","MessageDeduplicationId":"d"}]}"#;
    let asked = fake.asked.lock().unwrap().clone();
    assert_eq!(asked, [("https://sqs.eu-west-1.amazonaws.com/".to_owned(), headers, body.to_owned())]);
}

#[tokio::test]
async fn a_call_holds_ten_records_or_a_million_bytes() {
    let large = record(&"x".repeat(600_000));
    let few: Vec<_> = [large.clone(), large, record("a")].into();
    let many = vec![record("a"); 21];
    for (records, sizes) in [(few, vec![1, 2]), (many, vec![10, 10, 1])] {
        let fake = Fake::default();
        assert_eq!(fake.producer().send(&records).await, Vec::<usize>::new());
        let ids: Vec<_> = (0..records.len()).map(|place| place.to_string()).collect();
        assert_eq!(fake.calls().iter().map(Vec::len).collect::<Vec<_>>(), sizes);
        assert_eq!(fake.calls().concat(), ids);
    }
}

#[tokio::test]
async fn what_the_queue_does_not_say_it_took_was_refused() {
    let fake = Fake::telling([Some((200, taken([0, 2]))), Some((200, json!({ "Failed": [{ "Id": "10" }] })))]);
    let records = vec![record("a"); 12];
    assert_eq!(fake.producer().send(&records).await, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
}

#[tokio::test]
async fn what_may_pass_is_tried_three_times_and_what_does_not_once() {
    let broken = None;
    let error = |status, kind: &str| Some((status, json!({ "__type": kind, "message": "token" })));
    let down = error(503, "com.amazonaws.sqs#InternalError");
    let slower = error(400, "com.amazonaws.sqs#ThrottlingException");
    let absent = error(400, "com.amazonaws.sqs#QueueDoesNotExist");
    for (answers, tries, refused) in [
        (vec![broken.clone(), down.clone()], 3, vec![]),
        (vec![down.clone(), slower.clone(), down.clone()], 3, vec![0]),
        (vec![Some((200, json!("?"))), slower], 3, vec![]),
        (vec![down, absent.clone()], 2, vec![0]),
        (vec![absent], 1, vec![0]),
    ] {
        let fake = Fake::telling(answers.clone());
        assert_eq!(fake.producer().send(&[record("a")]).await, refused, "{answers:?}");
        assert_eq!(fake.calls().len(), tries, "{answers:?}");
        let pauses = [100, 200].map(Duration::from_millis);
        assert_eq!(fake.pauses(), pauses[..tries - 1], "{answers:?}");
    }
}

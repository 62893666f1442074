//! What the intake answers, and what is durable by then: over a queue and a bucket that remember, and refuse when told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use base64::{Engine, engine::general_purpose::STANDARD};
use blob::Blobs;
use bootstrap::{Aws, Clock, Service, Settings, Time};
use queue::{InboundBody, InboundRecord, Outgoing, Producer, Sqs};
use ring::hmac;
use serde_json::{Value, json};
use webhook::{App, Apps, Event};

const SECRET: &str = "app-secret";

#[derive(Debug, Default)]
struct State {
    queued: Vec<Outgoing>,
    objects: BTreeMap<String, Vec<u8>>,
    /// The queue takes nothing.
    queue_down: bool,
    /// The queue does not even answer.
    queue_silent: bool,
    /// The queue refuses this entry of each call, so many times more.
    refused: Option<(usize, u32)>,
    bucket_down: bool,
}

/// The queue and the bucket. No wait of a client takes time.
#[derive(Clone, Debug, Default)]
struct Cloud(Arc<Mutex<State>>);

impl Cloud {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn intake(&self) -> App {
        let settings = [("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s")];
        let aws = Aws::over(&Settings::of(settings), SharedHttpConnector::new(self.clone())).unwrap();
        let config = |service| aws.config(service).into_builder().sleep_impl(self.clone()).build();
        let sqs = Sqs::new(&config(Service::Sqs), aws.connector());
        App {
            apps: Apps::fixed(SECRET).unwrap(),
            inbound: Producer::new(sqs, "https://sqs.test/1/inbound.fifo".to_owned()),
            blobs: Blobs::new(aws_sdk_s3::Client::new(&config(Service::S3)), "bucket".to_owned()),
            clock: Clock::standing_at(1_795_000_000_000),
        }
    }

    fn send(state: &mut State, body: &[u8]) -> (u16, Value) {
        if state.queue_down {
            return (503, json!({ "__type": "ServiceUnavailable" }));
        }
        let call: Value = serde_json::from_slice(body).unwrap();
        let refused = match &mut state.refused {
            Some((place, times)) if *times > 0 => {
                *times -= 1;
                Some(*place)
            }
            _ => None,
        };
        let (mut taken, mut failed) = (Vec::new(), Vec::new());
        for (place, entry) in call["Entries"].as_array().unwrap().iter().enumerate() {
            if refused == Some(place) {
                failed.push(json!({ "Id": entry["Id"], "Code": "InternalError", "SenderFault": false }));
                continue;
            }
            taken.push(json!({ "Id": entry["Id"], "MessageId": "m" }));
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            let deduplication = Some(text("MessageDeduplicationId"));
            let (group, body) = (text("MessageGroupId"), text("MessageBody"));
            state.queued.push(Outgoing { group, deduplication, body, delay_seconds: 0 });
        }
        (200, json!({ "Successful": taken, "Failed": failed }))
    }

    fn put(state: &mut State, path: &str, body: &[u8]) -> (u16, Value) {
        if state.bucket_down {
            return (503, Value::Null);
        }
        state.objects.insert(path.split('?').next().unwrap().trim_start_matches('/').to_owned(), body.to_vec());
        (200, Value::Null)
    }

    /// Every message that is durable, by who wrote it, in the order in which it will be read.
    fn kept(&self) -> BTreeMap<String, Vec<String>> {
        let state = self.state();
        let spilled = state.objects.iter().filter(|(key, _)| key.starts_with("spill/"));
        let spilled = spilled.flat_map(|(_, body)| serde_json::from_slice::<Vec<Outgoing>>(body).unwrap());
        let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for outgoing in state.queued.iter().cloned().chain(spilled) {
            let record: InboundRecord = serde_json::from_str(&outgoing.body).unwrap();
            let events: Vec<Value> = match record.body {
                InboundBody::Events(events) => events.iter().map(|e| serde_json::from_str(e.get()).unwrap()).collect(),
                InboundBody::Claim(key) => serde_json::from_slice(&state.objects[&key]).unwrap(),
                InboundBody::Unreadable(raw) => panic!("{raw}"),
            };
            for event in events {
                let message = &event["message"]["message"];
                let text = |name: &str| message[name].as_str().unwrap().to_owned();
                kept.entry(text("from")).or_default().push(text("id"));
            }
        }
        kept
    }
}

impl AsyncSleep for Cloud {
    fn sleep(&self, wait: Duration) -> Sleep {
        // The clients' pauses pass at once; a try never takes its whole time.
        if wait < Duration::from_secs(3) { Sleep::new(async {}) } else { Sleep::new(std::future::pending()) }
    }
}

/// A time in which every wait is over.
struct Over;

impl Time for Over {
    fn now(&self) -> i64 {
        1_795_000_000_000
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async {})
    }
}

impl HttpConnector for Cloud {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let url = request.uri().to_owned();
        let (host, path) = url.strip_prefix("https://").unwrap().split_once('/').unwrap();
        let mut state = self.state();
        if host == "sqs.test" && state.queue_silent {
            return HttpConnectorFuture::new(std::future::pending());
        }
        let (status, said) = match host {
            "sqs.test" => Self::send(&mut state, &body),
            _ => Self::put(&mut state, path, &body),
        };
        let said = if said.is_null() { SdkBody::empty() } else { SdkBody::from(said.to_string()) };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), said)))
    }
}

/// A webhook of one text from each of these, in this order.
fn webhook(texts: &[(String, String, String)]) -> String {
    let messages: Vec<Value> = texts
        .iter()
        .map(|(from, id, text)| json!({ "from": from, "id": id, "timestamp": "1795000000", "type": "text", "text": { "body": text } }))
        .collect();
    let value =
        json!({ "messaging_product": "whatsapp", "metadata": { "phone_number_id": "1001" }, "messages": messages });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "7", "changes": [{ "field": "messages", "value": value }] }] })
        .to_string()
}

fn signature(body: &str) -> String {
    format!(
        "sha256={}",
        hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), body.as_bytes()))
    )
}

fn event(body: &str, base64: bool, signature: Option<&str>) -> Event {
    let headers = signature.map_or_else(|| json!({}), |it| json!({ "x-hub-signature-256": it }));
    serde_json::from_value(json!({
        "rawPath": "/webhooks/meta", "headers": headers, "requestContext": { "http": { "method": "POST" } },
        "body": if base64 { STANDARD.encode(body) } else { body.to_owned() }, "isBase64Encoded": base64,
    }))
    .unwrap()
}

async fn post(intake: &App, body: &str) -> u16 {
    intake.answer(&event(body, false, Some(&signature(body)))).await.status_code
}

/// Twelve customers, one text each: two calls of the queue.
fn twelve() -> Vec<(String, String, String)> {
    (0..12).map(|n| (format!("9725000{n:02}"), format!("m{n}"), "hello".to_owned())).collect()
}

fn due(texts: &[(String, String, String)]) -> BTreeMap<String, Vec<String>> {
    let mut due: BTreeMap<String, Vec<String>> = BTreeMap::new();
    texts.iter().for_each(|(from, id, _)| due.entry(from.clone()).or_default().push(id.clone()));
    due
}

/// How many records are on the queue, and how many objects in the bucket under each of its folders.
fn places(cloud: &Cloud) -> (usize, BTreeSet<String>) {
    let state = cloud.state();
    (state.queued.len(), state.objects.keys().map(|key| key.split('/').next().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn an_entry_that_the_queue_refuses_is_sent_again_and_then_put_in_the_bucket() {
    let body = webhook(&twelve());
    for place in 0..10 {
        for times in [1, u32::MAX] {
            let cloud = Cloud::default();
            cloud.state().refused = Some((place, times));
            assert_eq!(post(&cloud.intake(), &body).await, 200);
            assert_eq!(cloud.kept(), due(&twelve()), "entry {place}, {times} times");
            // Sent again, the refused are the first of their call, and the second where both calls had one.
            let always = times > 1 && place < 2;
            let expected = if always { (11, BTreeSet::from(["spill".to_owned()])) } else { (12, BTreeSet::new()) };
            assert_eq!(places(&cloud), expected, "entry {place}, {times} times");
        }
    }
}

#[tokio::test]
async fn what_is_answered_200_is_on_the_queue_or_in_the_bucket_and_what_is_in_neither_is_503() {
    let cloud = Cloud::default();
    let (intake, body) = (cloud.intake(), webhook(&twelve()));
    let spill = BTreeSet::from(["spill".to_owned()]);
    cloud.state().queue_down = true;
    assert_eq!((post(&intake, &body).await, places(&cloud), cloud.kept()), (200, (0, spill), due(&twelve())));
    *cloud.state() = State { queue_down: true, bucket_down: true, ..State::default() };
    assert_eq!((post(&intake, &body).await, places(&cloud)), (503, (0, BTreeSet::new())));
    // The channel comes again, when both are back.
    *cloud.state() = State::default();
    assert_eq!((post(&intake, &body).await, places(&cloud).0, cloud.kept()), (200, 12, due(&twelve())));
}

#[tokio::test]
async fn a_queue_that_does_not_answer_leaves_time_for_the_bucket() {
    let cloud = Cloud::default();
    cloud.state().queue_silent = true;
    let intake = App { clock: Clock::played_by(Arc::new(Over)), ..cloud.intake() };
    let spill = BTreeSet::from(["spill".to_owned()]);
    assert_eq!(
        (post(&intake, &webhook(&twelve())).await, places(&cloud), cloud.kept()),
        (200, (0, spill), due(&twelve()))
    );
}

#[tokio::test]
async fn three_megabytes_of_a_thousand_messages_are_taken_whole() {
    // A third of them from one customer: more than a record holds.
    let from = |n: usize| if n.is_multiple_of(3) { "972500000".to_owned() } else { format!("97250{n:04}") };
    let texts: Vec<_> = (0..1_000).map(|n| (from(n), format!("m{n:04}"), "x".repeat(3_000))).collect();
    let body = webhook(&texts);
    assert!(body.len() > 3_000_000, "{}", body.len());
    let cloud = Cloud::default();
    assert_eq!(post(&cloud.intake(), &body).await, 200);
    assert_eq!(cloud.kept(), due(&texts));
    assert_eq!(places(&cloud), (667, BTreeSet::from(["claims".to_owned()])));
    // Where the bucket takes no claim, nothing is answered for.
    *cloud.state() = State { bucket_down: true, ..State::default() };
    assert_eq!((post(&cloud.intake(), &body).await, places(&cloud)), (503, (0, BTreeSet::new())));
}

#[tokio::test]
async fn nothing_is_stored_of_what_nobody_signed() {
    let body = webhook(&twelve());
    let good = signature(&body);
    let (cloud, other) = (Cloud::default(), signature("other"));
    let intake = cloud.intake();
    let upper = good.to_uppercase();
    for header in [None, Some(""), Some(&good[..70]), Some(&*other), Some(&*upper), Some(&good["sha256=".len()..])] {
        for base64 in [false, true] {
            let answer = intake.answer(&event(&body, base64, header)).await;
            assert_eq!(answer.status_code, 401, "{header:?}");
        }
    }
    assert_eq!(places(&cloud), (0, BTreeSet::new()));
    // As the gateway hands over a body that is no text to it.
    assert_eq!(intake.answer(&event(&body, true, Some(&good))).await.status_code, 200);
    assert_eq!(cloud.kept(), due(&twelve()));
}

/// The texts of what is queued, as they stand in the records.
fn written(cloud: &Cloud) -> Vec<String> {
    let after =
        |body: &str| Some(body.split_once(r#""text":{"body":""#)?.1.split_once(r#""},"timestamp"#)?.0.to_owned());
    cloud.state().queued.iter().filter_map(|outgoing| after(&outgoing.body)).collect()
}

#[tokio::test]
async fn a_record_says_what_was_posted_in_the_fewest_bytes() {
    let body = webhook(&[("972500000".to_owned(), "m".to_owned(), "TEXT".to_owned())]);
    for (posted, queued) in [
        (&br"\u05e9\u05dc\u05d5\u05dd \ud83d\udc4d https:\/\/a.test"[..], "שלום 👍 https://a.test"),
        (br#"\"so\" \n \u0007 \uffff"#, r#"\"so\" \n \u0007 \uffff"#),
        // Half a character, and what is not UTF-8, must not cost the message.
        (br"\ud83d", r"\ud83d"),
        (b"caf\xe9", "caf\u{fffd}"),
    ] {
        let (before, after) = body.split_once("TEXT").unwrap();
        let body = [before.as_bytes(), posted, after.as_bytes()].concat();
        let signed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), &body);
        let event = json!({
            "rawPath": "/webhooks/meta", "headers": { "x-hub-signature-256": format!("sha256={}", hex::encode(signed)) },
            "requestContext": { "http": { "method": "POST" } }, "body": STANDARD.encode(&body), "isBase64Encoded": true,
        });
        let cloud = Cloud::default();
        let answer = cloud.intake().answer(&serde_json::from_value(event).unwrap()).await;
        assert_eq!((answer.status_code, written(&cloud)), (200, vec![queued.to_owned()]));
    }
}

//! Ticks, on tables in memory, and a bucket and a queue that remember.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use bootstrap::{Aws, Service, Settings};
use domain::{Account, AccountId, AccountStatus, ChannelType, ContactId, Identity, IdentityKind, MessageType, UserId};
use queue::Sqs;
use serde_json::{Value, json};
use table::{ContactSeed, Inbound, LedgerKind, Submit, Submitted, Thread, testing};

use super::*;

const NOW: i64 = 1_795_000_000_000;

/// A bucket, and a queue that refuses bodies with an `x`.
#[derive(Clone, Default)]
struct Fake {
    objects: Arc<Mutex<BTreeMap<String, String>>>,
    queued: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    async fn start(&self) -> String {
        let object = get(read).merge(delete(remove));
        let router = Router::new().route("/", post(enqueue)).route("/bucket/", get(list)).route("/bucket", get(list));
        let router = router.route("/bucket/{*key}", object).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    fn spill(&self, key: &str, bodies: &[&str]) {
        let outgoing = |body: &&str| json!({"group": "g", "deduplication": format!("d-{body}"), "body": body});
        let records: Vec<_> = bodies.iter().map(outgoing).collect();
        self.objects.lock().unwrap().insert(format!("spill/{key}"), json!(records).to_string());
    }
}

async fn list(State(fake): State<Fake>, Query(asked): Query<HashMap<String, String>>) -> String {
    let keys = fake.objects.lock().unwrap();
    let contents: String = keys
        .keys()
        .filter(|key| key.starts_with(&asked["prefix"]))
        .map(|key| {
            format!("<Contents><Key>{key}</Key><LastModified>2026-11-18T10:00:00.000Z</LastModified></Contents>")
        })
        .collect();
    format!("<ListBucketResult>{contents}</ListBucketResult>")
}

async fn read(State(fake): State<Fake>, Path(key): Path<String>) -> String {
    fake.objects.lock().unwrap()[&key].clone()
}

async fn remove(State(fake): State<Fake>, Path(key): Path<String>) -> StatusCode {
    fake.objects.lock().unwrap().remove(&key);
    StatusCode::NO_CONTENT
}

async fn enqueue(State(fake): State<Fake>, body: String) -> Json<Value> {
    let request: Value = serde_json::from_str(&body).unwrap();
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for entry in request["Entries"].as_array().unwrap() {
        let text = entry["MessageBody"].as_str().unwrap();
        if text.contains('x') {
            refused.push(json!({"Id": entry["Id"], "Code": "InternalError", "SenderFault": false}));
        } else {
            fake.queued.lock().unwrap().push(text.to_owned());
            taken.push(json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""}));
        }
    }
    Json(json!({"Successful": taken, "Failed": refused}))
}

async fn begin() -> (App, Fake) {
    let fake = Fake::default();
    let endpoint = fake.start().await;
    let aws = Aws::new(&Settings::of([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]));
    let aws = aws.unwrap();
    let sqs = Sqs::new(&aws.config(Service::Sqs), aws.connector());
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .force_path_style(true)
        .endpoint_url(&endpoint);
    let s3 = aws_sdk_s3::Client::from_conf(config.build());
    let app = App {
        tables: testing::start().await.tables,
        blobs: Blobs::new(s3, "bucket".to_owned()),
        inbound: Producer::new(sqs, format!("{endpoint}/1/inbound.fifo")),
        clock: Clock::standing_at(NOW),
    };
    (app, fake)
}

fn budget(app: &App) -> Budget {
    Budget::new(app.clock.clone(), app.clock.now() + 10_000)
}

#[tokio::test]
async fn what_the_queue_refused_is_replayed_in_order_until_the_queue_takes_it() {
    let (app, fake) = begin().await;
    fake.spill("2026-11-18/a", &["1", "2"]);
    fake.spill("2026-11-18/b", &["x"]);
    fake.spill("2026-11-19/c", &["3"]);
    assert_eq!(app.replay(&budget(&app)).await, 2);
    assert_eq!(*fake.queued.lock().unwrap(), ["1", "2", "3"]);
    assert_eq!(fake.objects.lock().unwrap().keys().collect::<Vec<_>>(), ["spill/2026-11-18/b"]);
}

#[tokio::test]
async fn what_a_function_gave_up_has_its_tenants_load_afresh() {
    let (app, fake) = begin().await;
    let [lost, spared] = [1, 2].map(|n| TenantId::from_bytes([n; 10]));
    let record = |pk: String| json!({"eventID": "1", "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": "H"}}}});
    let records = [format!("{lost}#C#1"), format!("{lost}#C#2"), "W#due".to_owned()].map(record);
    let note = json!({"version": "1.0", "payload": json!({ "Records": records }).to_string()});
    let key = "aws/lambda/1/shardId-0/2026/11/18/2026-11-18T10.00.00-1";
    fake.objects.lock().unwrap().insert(key.to_owned(), note.to_string());
    fake.objects.lock().unwrap().insert("aws/lambda/other".to_owned(), "{}".to_owned());
    let [of_lost, of_spared] = [lost, spared].map(TenantCtx::of_record);
    let [of_lost, of_spared] = [&of_lost, &of_spared].map(|ctx| app.tables.tenant(ctx));
    let after = of_lost.log_head(app.now()).await.unwrap();
    assert_eq!(app.reset_after_lost(&budget(&app)).await, 1);
    let must_load =
        [of_lost.read_log(after, 10).await, of_spared.read_log(after, 10).await].map(|read| read.unwrap().reset);
    assert_eq!(must_load, [true, false]);
    assert_eq!(fake.objects.lock().unwrap().keys().collect::<Vec<_>>(), ["aws/lambda/other"]);
    assert_eq!(app.reset_after_lost(&budget(&app)).await, 0);
}

#[tokio::test]
async fn what_the_queue_refuses_still_is_shown_until_it_takes_it_or_an_operator_drops_it() {
    let (app, fake) = begin().await;
    let hash = |c: &str| c.repeat(64);
    fake.spill(&format!("2026-11-18/{}", hash("a")), &["x"]);
    fake.objects.lock().unwrap().insert(format!("spill/2026-11-18/{}", hash("b")), "{".to_owned());
    let install = app.tables.install();
    let listed = async || {
        let now = app.now();
        let entries = install.entries(LedgerKind::Spill, None, 10, now).await.unwrap().items;
        let shown = |entry: table::Entry| (entry.reason, serde_json::from_str::<Value>(&entry.record).unwrap());
        entries.into_iter().map(shown).collect::<Vec<_>>()
    };
    for _twice in 0..2 {
        assert_eq!(app.replay(&budget(&app)).await, 0);
    }
    let records = json!([{"group": "g", "deduplication": "d-x", "body": "x"}]);
    let object = |c| format!("spill/2026-11-18/{}", hash(c));
    let bytes = records.to_string().len();
    assert_eq!(
        listed().await,
        [
            ("it is no list of records".to_owned(), json!({"object": object("b"), "bytes": 1})),
            (
                "the queue refuses it still".to_owned(),
                json!({"object": object("a"), "bytes": bytes, "records": records})
            ),
        ]
    );
    // An operator drops the one, the queue takes the other.
    let entry = install.entries(LedgerKind::Spill, None, 1, Timestamp::from_millis(NOW)).await.unwrap().items.remove(0);
    install.put_entry(LedgerKind::SpillDropped, &entry).await.unwrap();
    install.discard_entry(LedgerKind::Spill, &entry.id).await.unwrap();
    fake.objects.lock().unwrap().insert(object("a"), json!([{"group": "g", "body": "1"}]).to_string());
    assert_eq!(app.replay(&budget(&app)).await, 1);
    assert_eq!((listed().await, fake.objects.lock().unwrap().len()), (vec![], 0));
    assert_eq!(install.entry(LedgerKind::SpillDropped, &entry.id).await.unwrap(), None);
}

/// A conversation with a reply that nobody sends.
async fn stuck(app: &App, ctx: &TenantCtx) -> ConversationId {
    let now = app.now();
    let account = Account {
        id: AccountId::from_bytes([3; 16]),
        channel: ChannelType::Whatsapp,
        name: "Sales".to_owned(),
        external_id: "1001".to_owned(),
        status: AccountStatus::Active,
        health: None,
        waba_id: None,
        display_phone_number: None,
        credential: 1,
        throttled_until: None,
        read_receipts: true,
        asked_for: Vec::new(),
        created_at: now,
    };
    let identities = vec![Identity { kind: IdentityKind::Phone, value: "972501234567".to_owned() }];
    let contact = ContactSeed { id_if_new: ContactId::from_bytes([4; 16]), identities, name: None };
    let inbound = Inbound {
        text: Some("Hi".to_owned()),
        opens_window: true,
        ..Inbound::new("wamid.1".to_owned(), MessageType::Text, now, now)
    };
    let tenant = app.tables.tenant(ctx);
    let thread = Thread { group: None, contact };
    let id = tenant.receive(&account, &thread, &[inbound], now).await.unwrap().conversation;
    let submit = Submit {
        user: UserId::from_bytes([5; 16]),
        user_name: "Ada".to_owned(),
        client_id: "key".to_owned(),
        body_hash: "hash".to_owned(),
        parts: vec![table::Draft::text("Hello")],
        reply_to: None,
        expected_seq: None,
        force: false,
        send_at: None,
    };
    let head = tenant.head(&id).await.unwrap().unwrap();
    let Submitted::Created(..) = tenant.submit(head, &submit, now).await.unwrap() else { panic!("not taken") };
    id
}

#[tokio::test]
async fn a_send_whose_wake_was_lost_is_woken_when_it_is_due_and_not_before() {
    let (app, _) = begin().await;
    let [ctx, _] = testing::two_tenants();
    let id = stuck(&app, &ctx).await;
    let tick = async || {
        let swept = app.wake_due(app.now(), &budget(&app)).await.unwrap();
        let head = app.tables.tenant(&ctx).head(&id).await.unwrap().unwrap();
        (swept, head.wakes)
    };
    assert_eq!(tick().await, (Swept::default(), 0));
    app.clock.advance(Duration::from_secs(46));
    assert_eq!(tick().await, (Swept { woken: 1, ..Swept::default() }, 1));
    assert_eq!(tick().await, (Swept::default(), 1));
}

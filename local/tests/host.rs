//! The host with a real function process behind each kind of trigger.

#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use local::aws::sqs::Arriving;
use local::{Options, System};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

const PATIENCE: Duration = Duration::from_secs(10);

/// A system of its own, and the file in which its functions record what they are given.
struct Stage {
    system: System,
    dir: PathBuf,
}

impl Stage {
    async fn set(name: &str) -> Self {
        // reqwest builds no client without a TLS provider, not even one that speaks plain HTTP.
        rustls::crypto::ring::default_provider().install_default().ok();
        let dir = std::env::temp_dir().join(format!("switchboard-host-{name}-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("infra")).unwrap();
        std::fs::copy(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/template.yaml"),
            dir.join("infra/template.yaml"),
        )
        .unwrap();
        let tether = Path::new(env!("CARGO_BIN_EXE_tether"));
        for (link, program) in
            [("tether", tether.to_path_buf()), ("obedient", tether.with_file_name("examples/obedient"))]
        {
            std::os::unix::fs::symlink(program, dir.join(link)).unwrap();
        }
        let record = dir.join("record").display().to_string();
        let options = Options {
            bin_dir: dir.clone(),
            root: dir.clone(),
            parameters: [("RecordFile".to_owned(), record)].into(),
            time_scale: 20,
            ..Options::default()
        };
        Self { system: System::start(options).await.unwrap(), dir }
    }

    fn recorded(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.dir.join("record")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = reqwest::get(format!("{}{path}", self.system.endpoints.gateway)).await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn send(&self, group: &str, bodies: &[&str]) {
        let arriving = bodies.iter().enumerate().map(|(index, body)| Arriving {
            id: format!("{group}-{index}"),
            body: (*body).to_owned(),
            group: Some(group.to_owned()),
            deduplication: Some(format!("{group}-{index}")),
            ..Arriving::default()
        });
        self.system.sqs.send("orders.fifo", arriving.collect()).await.unwrap();
    }

    async fn put(&self, key: &str, order: &str) {
        let item = json!({ "TableName": "things", "Item": { "pk": { "S": key }, "do": { "S": order } } });
        self.system.dynamodb.call("PutItem", &item).await.unwrap();
    }

    async fn end(self) {
        self.system.stop().await;
        std::fs::remove_dir_all(self.dir).unwrap();
    }
}

#[tokio::test]
async fn a_request_reaches_its_function_and_its_failures_are_the_gateways() {
    let stage = Stage::set("http").await;
    let (status, event) = stage.get("/v1/conversations/7?limit=2").await;
    assert_eq!(
        (status, &event["routeKey"], &event["pathParameters"]),
        (200, &json!("ANY /v1/{proxy+}"), &json!({ "proxy": "conversations/7" }))
    );
    let error = json!({ "message": "Internal Server Error" });
    for order in ["throw", "exit", "hang"] {
        assert_eq!(stage.get(&format!("/v1/x?do={order}")).await, (500, error.clone()), "{order}");
    }
    assert_eq!(stage.get("/v1/again").await.0, 200, "a new worker takes over");
    stage.end().await;
}

#[tokio::test]
async fn an_invocation_goes_on_when_its_caller_has_gone() {
    let stage = Stage::set("gone").await;
    let asked = stage.system.lambda.invoke("Worker", Bytes::from_static(b"{}"));
    assert_eq!(asked.now_or_never(), None);
    assert!(stage.system.quiet(PATIENCE).await, "{:?}", stage.system.under_way());
    assert_eq!(stage.recorded(), [json!({})]);
    stage.end().await;
}

#[tokio::test]
async fn tools_of_this_machine_invoke_a_function_by_its_name_and_pages_do_not() {
    let stage = Stage::set("invoke").await;
    let ask = |name: &str, body: Value, origin: Option<&'static str>| {
        let address = format!("{}/2015-03-31/functions/{name}/invocations", stage.system.endpoints.gateway);
        let mut request = reqwest::Client::new().post(address).json(&body);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        async move {
            let answer = request.send().await.unwrap();
            let failed = answer.headers().contains_key("x-amz-function-error");
            (answer.status().as_u16(), failed, answer.json::<Value>().await.unwrap())
        }
    };
    let web = |order: &str| json!({ "requestContext": { "http": {} }, "queryStringParameters": { "do": order } });
    assert_eq!(ask("obedient", json!({}), None).await, (200, false, Value::Null));
    let (status, failed, error) = ask("obedient", web("throw"), None).await;
    assert_eq!((status, failed, &error["errorMessage"]), (200, true, &json!("as told")));
    let unknown = json!({ "Message": "no function is called nobody" });
    assert_eq!(ask("nobody", json!({}), None).await, (404, false, unknown));
    assert_eq!(ask("obedient", json!({}), Some("https://evil.test")).await.0, 403);
    assert_eq!(stage.recorded(), [json!({}), web("throw")]);
    stage.end().await;
}

#[tokio::test]
async fn the_hosts_own_pages_answer() {
    let stage = Stage::set("pages").await;
    for (path, status) in [("/healthz", 200), ("/ready", 200), ("/metrics", 200), ("/no/such/page", 404)] {
        assert_eq!(stage.get(path).await.0, status, "{path}");
    }
    stage.end().await;
}

#[tokio::test]
async fn a_queue_feeds_its_function_and_keeps_what_failed() {
    let stage = Stage::set("queue").await;
    stage.send("a", &["first", "second"]).await;
    assert!(stage.system.quiet(PATIENCE).await);
    let bodies: Vec<Value> = stage
        .recorded()
        .iter()
        .flat_map(|event| event["Records"].as_array().unwrap().clone())
        .map(|record| record["body"].clone())
        .collect();
    assert_eq!(bodies, [json!("first"), json!("second")]);
    stage.send("b", &["fail"]).await;
    let failed = async {
        while stage.recorded().len() < 2 || stage.system.lambda.in_flight() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, failed).await.unwrap();
    let figures = stage.system.sqs.figures()["orders.fifo"];
    assert_eq!((figures.visible, figures.in_flight), (0, 1), "invisible until its visibility is over");
    stage.end().await;
}

#[tokio::test]
async fn a_stream_feeds_its_function_and_gives_up_one_bad_record() {
    let stage = Stage::set("stream").await;
    stage.system.pause("Reader");
    for (key, order) in [("a", "keep"), ("b", "throw"), ("c", "keep")] {
        stage.put(key, order).await;
    }
    let unfiltered = json!({ "TableName": "things", "Item": { "pk": { "S": "d" } } });
    stage.system.dynamodb.call("PutItem", &unfiltered).await.unwrap();
    stage.system.resume("Reader");
    let given_up = async {
        while find(&kept(&stage)).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, given_up).await.unwrap();
    assert!(stage.system.quiet(PATIENCE).await);
    let notes: Vec<Value> =
        find(&kept(&stage)).iter().map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect();
    let payload: Value = serde_json::from_str(notes[0]["payload"].as_str().unwrap()).unwrap();
    let keys: Vec<&Value> =
        payload["Records"].as_array().unwrap().iter().map(|record| &record["dynamodb"]["Keys"]["pk"]["S"]).collect();
    assert_eq!(
        (notes.len(), &notes[0]["requestContext"]["condition"], keys),
        (1, &json!("RetryAttemptsExhausted"), vec![&json!("b")])
    );
    stage.end().await;
}

fn kept(stage: &Stage) -> PathBuf {
    stage.system.s3.folder("kept")
}

fn find(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { find(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_schedule_fires() {
    let stage = Stage::set("clock").await;
    stage.system.tick("Clock");
    let fired = async {
        while stage.recorded().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, fired).await.unwrap();
    assert_eq!(stage.recorded(), [json!({ "tick": 1 })]);
    stage.end().await;
}

#[tokio::test]
async fn a_socket_opens_talks_is_reached_and_closed() {
    let stage = Stage::set("socket").await;
    let url = &stage.system.endpoints.ws_url;
    let refused = tokio_tungstenite::connect_async(format!("{url}?ticket=bad")).await.unwrap_err();
    assert!(matches!(refused, Error::Http(answer) if answer.status() == 401));

    let (mut socket, _) = tokio_tungstenite::connect_async(format!("{url}?ticket=good")).await.unwrap();
    socket.send(Message::text(r#"{"action":"ping"}"#)).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text(r#"heard {"action":"ping"}"#));

    let id = stage.system.connections.ids().remove(0);
    let address = format!("{}/@connections/{}", stage.system.endpoints.management, id.replace('=', "%3D"));
    let client = reqwest::Client::new();
    let posted = async |body: Vec<u8>| client.post(&address).body(body).send().await.unwrap().status().as_u16();
    assert_eq!(posted(b"hello".to_vec()).await, 200);
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("hello"));
    assert_eq!(posted(vec![b'x'; 128 * 1024 + 1]).await, 413);
    assert_eq!(client.delete(&address).send().await.unwrap().status(), 204);
    let close = loop {
        if let Message::Close(frame) = socket.next().await.unwrap().unwrap() {
            break frame.unwrap();
        }
    };
    assert_eq!(u16::from(close.code), 1000);
    let gone = async { while posted(b"late".to_vec()).await != 410 {} };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    stage.end().await;
}

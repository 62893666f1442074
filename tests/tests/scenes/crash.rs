//! The whole process group is killed with work in hand, and started again.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use scenes::{Agent, Answer, Graph, Stage, eventually, payload, seed};
use serde_json::json;
use tokio::sync::Notify;

/// `local`, as `make run` starts it, with a data folder of its own.
struct Host {
    process: Child,
    gateway: String,
}

impl Host {
    fn start(dir: &Path, graph: &Graph) -> Self {
        let tests = std::env::current_exe().unwrap();
        let binary = tests.parent().unwrap().parent().unwrap().join("local");
        let mut process = Command::new(binary)
            .env("SWITCHBOARD_LISTEN", "127.0.0.1:0")
            .env("SWITCHBOARD_DATA_DIR", dir.join("data"))
            .env("SWITCHBOARD_SEED", dir.join("seed.json"))
            .env("META_GRAPH_BASE_URL", &graph.base_url)
            .env("SWITCHBOARD_TIME_SCALE", "10")
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(dir.join("log")).unwrap())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = said.next().unwrap_or_else(|| panic!("it does not start: {}", dir.display())).unwrap();
        let gateway = ready.split_whitespace().last().unwrap().to_owned();
        Self { process, gateway }
    }

    /// `kill -9` of the whole group.
    fn kill(mut self) {
        let group = format!("-{}", self.process.id());
        assert!(Command::new("kill").args(["-9", "--", &group]).status().unwrap().success());
        self.process.wait().unwrap();
    }
}

fn folder() -> PathBuf {
    let dir = std::env::temp_dir().join(format!("switchboard-crash-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("seed.json"), seed().to_string()).unwrap();
    dir
}

/// Posts texts of customers until the host is gone; the ids of those that it took.
async fn write_until_the_end(
    client: reqwest::Client,
    gateway: String,
    writer: usize,
    started: Arc<Notify>,
) -> Vec<String> {
    let mut taken = Vec::new();
    for n in 0..200 {
        let id = format!("wamid.{writer}.{n}");
        let text = payload::text(&format!("9725000000{:02}", n % 20), &id, Stage::now(), &id);
        let body = payload::webhook("1001", &json!({ "messages": [text] })).to_string();
        let signature = payload::signature(Stage::SECRET, body.as_bytes());
        let request = client.post(format!("{gateway}/webhooks/meta")).header(payload::SIGNATURE, signature).body(body);
        match request.send().await {
            Ok(answer) if answer.status() == 200 => taken.push(id),
            Ok(_) | Err(_) => return taken,
        }
        if n == 25 {
            started.notify_one();
        }
    }
    taken
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_once_after_it_and_no_reply_goes_twice() {
    let dir = folder();
    let graph = Graph::start().await;
    let client = scenes::client();
    let host = Host::start(&dir, &graph);
    let ada = Agent::sign_in(&client, &host.gateway, "ada@acme.test").await;
    let first = payload::webhook(
        "1001",
        &json!({ "messages": [payload::text("972500000099", "wamid.first", Stage::now(), "hello")] }),
    );
    let body = first.to_string();
    let signature = payload::signature(Stage::SECRET, body.as_bytes());
    let post = client.post(format!("{}/webhooks/meta", host.gateway)).header(payload::SIGNATURE, signature).body(body);
    assert_eq!(post.send().await.unwrap().status(), 200);
    let conversation = ada.conversation_of("wamid.first").await;

    // Graph has taken the reply, and the kill comes before its answer.
    let asked = Arc::new(Notify::new());
    let (told, never) = (asked.clone(), Arc::new(Notify::new()));
    graph.play(move |_| {
        let (told, never) = (told.clone(), never.clone());
        async move {
            told.notify_one();
            let _ended_by_the_kill = tokio::time::timeout(std::time::Duration::from_secs(1), never.notified()).await;
            Answer::Accept
        }
    });
    let started = Arc::new(Notify::new());
    let writers: Vec<_> = (0..8)
        .map(|writer| tokio::spawn(write_until_the_end(client.clone(), host.gateway.clone(), writer, started.clone())))
        .collect();
    started.notified().await;
    assert_eq!(ada.send(&conversation, "reply", &["in flight"]).await.0, 202);
    asked.notified().await;
    host.kill();
    let mut acknowledged = BTreeSet::from(["wamid.first".to_owned()]);
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert!(acknowledged.len() >= 26, "{}", acknowledged.len());

    let host = Host::start(&dir, &graph);
    let ada = Agent::sign_in(&client, &host.gateway, "ada@acme.test").await;
    let stored = eventually("everything that was acknowledged", async || {
        let messages = ada.export().await;
        let inbound = messages.iter().filter(|message| message["direction"] == "inbound");
        let ids: Vec<String> =
            inbound.map(|message| message["channel_message_id"].as_str().unwrap().to_owned()).collect();
        acknowledged.iter().all(|id| ids.contains(id)).then_some(ids)
    })
    .await;
    let once: BTreeSet<&String> = stored.iter().collect();
    assert_eq!(once.len(), stored.len(), "something is there twice");
    eventually("the reply's outcome is known to be unknown", async || {
        (ada.outbox().await == [(conversation.clone(), "in flight".to_owned(), "unknown".to_owned())]).then_some(())
    })
    .await;
    assert_eq!(graph.asked().len(), 1, "the reply in flight was not sent again");
    host.kill();
    std::fs::remove_dir_all(dir).unwrap();
}

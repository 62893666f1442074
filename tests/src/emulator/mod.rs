//! The stage on ministack: the same binaries and the same template, deployed to somebody else's idea of AWS (docs/EMULATOR.md).

mod front;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use bootstrap::Settings;
use domain::Timestamp;
use local::clock;
use local::seed::{self, SeedFile};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};

use self::front::Front;

/// ministack's readers of streams look at least each second, and do not tell what they have yet to read: who has been still for
/// this long has read everything.
const CALM: Duration = Duration::from_secs(2);

/// How often a scene looks whether it is still.
const GLANCE: Duration = Duration::from_millis(200);

/// How much longer than on the local host it may take until everything is still: an invocation takes up to 100 ms, and a FIFO
/// queue has one batch under way.
const SLOWER: u32 = 5;

/// A stack of its own for one scene.
pub(crate) struct Emulator {
    /// Where `tests/emulator/stacks.py` answers.
    stacks: String,
    client: reqwest::Client,
    front: Front,
}

/// Where a stack is reached.
#[derive(Deserialize)]
struct Deployed {
    /// The HTTP API's stage.
    http_api: String,
    /// Before a function's name: where it is invoked.
    invoke: String,
    /// What `seed` is told in AWS.
    settings: BTreeMap<String, String>,
}

#[derive(PartialEq, Eq, Deserialize)]
struct UnderWay {
    queues: BTreeMap<String, u64>,
    /// When each reader of a stream last wrote to its log, in milliseconds since 1970.
    read_at: Vec<u64>,
}

impl Emulator {
    /// Where stacks are to be had, if the scenes are played on the emulator: the one place that reads it.
    pub(crate) fn chosen() -> Option<String> {
        std::env::var("SWITCHBOARD_EMULATOR").ok()
    }

    /// Deploys a stack, plants the seed, and opens the front. `more_routes` are the simulator's, which learn the front's address.
    pub(crate) async fn set(
        stacks: String,
        install: &SeedFile,
        mut parameters: BTreeMap<String, String>,
        more_routes: impl FnOnce(&str) -> Router,
    ) -> Self {
        let client = crate::client();
        let front = Front::open(client.clone(), more_routes).await;
        parameters.insert("PublicUrl".to_owned(), front.url.clone());
        parameters.entry("MetaGraphBaseUrl".to_owned()).or_insert_with(|| format!("{}/simulator/graph", front.url));
        let ask = client.post(format!("{stacks}/stack")).json(&json!({ "parameters": parameters }));
        let answer = ask.send().await.unwrap().text().await.unwrap();
        let deployed: Deployed =
            serde_json::from_str(&answer).unwrap_or_else(|_| panic!("the stack is not deployed: {answer}"));
        let settings = Settings::of(deployed.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let now = Timestamp::from_millis(clock::now_ms().cast_signed());
        let target = seed::Target::open(&settings, now).await.unwrap();
        seed::apply(install, &target).await.unwrap();
        front.stand_before(deployed.http_api, deployed.invoke);
        Self { stacks, client, front }
    }

    pub(crate) fn gateway(&self) -> &str {
        &self.front.url
    }

    async fn look(&self) -> UnderWay {
        let answer = self.client.get(format!("{}/under-way", self.stacks)).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    /// Waits until every queue has been empty for a while and no stream has been read from; what is in hand, when `patience` was
    /// over first.
    pub(crate) async fn quiet(&self, patience: Duration) -> Result<(), String> {
        let start = Instant::now();
        let (mut seen, mut since) = (self.look().await, Instant::now());
        while start.elapsed() < patience * SLOWER {
            sleep(GLANCE).await;
            // A look takes its time on a busy machine: it counts as of when it began, what it changes as of when it ended.
            let asked = Instant::now();
            let now = self.look().await;
            if now != seen || now.queues.values().any(|held| *held > 0) {
                since = Instant::now();
            } else if asked.duration_since(since) >= CALM {
                return Ok(());
            }
            seen = now;
        }
        Err(format!("the system does not come to rest: {:?}", seen.queues))
    }

    /// Waits until a queue is empty, for as long as it takes.
    pub(crate) async fn emptied(&self, queue: &str) {
        while self.look().await.queues[queue] > 0 {
            sleep(GLANCE).await;
        }
    }
}

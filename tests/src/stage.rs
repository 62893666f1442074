//! The whole system for one scene: real functions, in memory, on ports of its own; on the local host, or on an emulator beside it.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use local::aws::Data;
use local::seed::SeedFile;
use local::simulator::{Pace, SimAccount, SimApp, Simulator};
use local::{Options, System, clock};
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::emulator::Emulator;
use crate::graph::Graph;
use crate::payload::{self, SIGNATURE};

/// Longest that a scene waits for what must come. It is long because the machine may be busy; a scene that works ends
/// as soon as it sees what it waits for.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// How often a scene looks again.
const GLANCE: Duration = Duration::from_millis(20);

/// How many sends, each waiting for its statuses, the emulator keeps up with.
const AT_ONCE: usize = 5;

pub struct Stage {
    backend: Backend,
    pub client: reqwest::Client,
}

/// What plays AWS.
enum Backend {
    Host(Box<System>),
    Emulator(Emulator),
}

/// Two tenants, each with two people; Acme has two numbers, Globex one and a Meta app of its own beside the install's.
pub fn seed() -> Value {
    let whatsapp = |name: &str, number: &str| {
        json!({ "type": "whatsapp", "name": name, "phone_number_id": number, "waba_id": "200000000000001",
            "display_phone_number": "+1 555 0100", "access_token": format!("token-{number}") })
    };
    let user = |email: &str, name: &str, role: &str| json!({ "email": email, "password": Agent::PASSWORD, "name": name, "role": role });
    json!({
        "operators": [{ "email": "op@install.test", "password": Agent::PASSWORD, "name": "Op" }],
        "meta_apps": [
            { "app_id": "1001", "app_secrets": [Stage::SECRET, "install-secret-before"], "verify_token": "install-token", "tenant": null },
            { "app_id": "2002", "app_secrets": [Stage::GLOBEX_SECRET], "verify_token": "globex-token", "tenant": "globex" },
        ],
        "tenants": [
            { "slug": "acme", "name": "Acme",
              "users": [user("ada@acme.test", "Ada", "owner"), user("omer@acme.test", "Omer", "agent")],
              "channels": [whatsapp("Sales", "1001"), whatsapp("Support", "1002")] },
            { "slug": "globex", "name": "Globex",
              "users": [user("gil@globex.test", "Gil", "owner"), user("gal@globex.test", "Gal", "agent")],
              "channels": [whatsapp("Desk", "3001")] },
        ],
    })
}

impl Stage {
    /// The secret of the install's own Meta app.
    pub const SECRET: &str = "install-secret";
    /// The secret of Globex's app.
    pub const GLOBEX_SECRET: &str = "globex-secret";

    /// With the simulator as Graph, at a quick pace.
    pub async fn with_simulator() -> Self {
        let install = SeedFile::parse(&seed().to_string()).unwrap();
        let accounts = SimAccount::of_seed(&install);
        let simulator = Simulator::open(&Data::Memory, accounts, std::sync::Arc::new(clock::now_ms)).unwrap();
        let moment = Duration::from_millis(5);
        let simulator = simulator.with_pace(Pace { sent: moment, delivered: moment });
        let simulator = simulator.with_apps(SimApp::of_seed(&install));
        Self::set(BTreeMap::new(), 1, move |gateway| simulator.router(gateway)).await
    }

    /// With a Graph that follows a script. `time_scale` divides every backoff, lease, window and schedule.
    pub async fn with_graph(graph: &Graph, time_scale: u32) -> Self {
        let parameters = [("MetaGraphBaseUrl".to_owned(), graph.base_url.clone())].into();
        Self::set(parameters, time_scale, |_| Router::new()).await
    }

    async fn set(
        parameters: BTreeMap<String, String>,
        time_scale: u32,
        more_routes: impl FnOnce(&str) -> Router + Send + 'static,
    ) -> Self {
        let (client, install) = (client(), SeedFile::parse(&seed().to_string()).unwrap());
        let backend = if let Some(stacks) = Emulator::chosen() {
            assert_eq!(time_scale, 1, "the emulator's queues and schedules keep real time: leave this scene out");
            Backend::Emulator(Emulator::set(stacks, &install, parameters, more_routes).await)
        } else {
            let more_routes = Some(Box::new(move |e: &local::Endpoints| more_routes(&e.gateway)) as _);
            let options = Options { install, parameters, time_scale, more_routes, ..Options::default() };
            Backend::Host(Box::new(System::start(options).await.unwrap()))
        };
        Self { backend, client }
    }

    pub fn gateway(&self) -> &str {
        match &self.backend {
            Backend::Host(system) => &system.endpoints.gateway,
            Backend::Emulator(emulator) => emulator.gateway(),
        }
    }

    /// The local host, for a scene that reaches into it: left out on the emulator.
    pub fn host(&self) -> &System {
        match &self.backend {
            Backend::Host(system) => system,
            Backend::Emulator(_) => panic!("the emulator has no such hook: leave this scene out"),
        }
    }

    /// The host's page of figures; an emulator has none.
    pub async fn figures(&self) -> Option<String> {
        match &self.backend {
            Backend::Host(_) => {
                let page = self.client.get(format!("{}/metrics", self.gateway())).send().await.unwrap();
                Some(page.text().await.unwrap())
            }
            Backend::Emulator(_) => None,
        }
    }

    /// Signs someone of the seed in.
    pub async fn agent(&self, email: &str) -> Agent {
        Agent::sign_in(&self.client, self.gateway(), email).await
    }

    /// A webhook that the install's app signed: the status of its answer.
    pub async fn webhook(&self, body: &Value) -> u16 {
        self.signed_webhook(Self::SECRET, body).await
    }

    /// A webhook signed with this secret: the status of its answer.
    pub async fn signed_webhook(&self, secret: &str, body: &Value) -> u16 {
        let body = body.to_string().into_bytes();
        let signature = payload::signature(secret, &body);
        self.raw_webhook(body, Some(&signature)).await
    }

    /// A webhook as it is given: the status of its answer.
    pub async fn raw_webhook(&self, body: Vec<u8>, signature: Option<&str>) -> u16 {
        let mut request = self.client.post(format!("{}/webhooks/meta", self.gateway())).body(body);
        if let Some(signature) = signature {
            request = request.header(SIGNATURE, signature);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// A customer writes a text; `at` is in seconds.
    pub async fn customer_writes(&self, number: &str, from: &str, id: &str, at: i64, body: &str) {
        let value = json!({
            "contacts": [{ "wa_id": from, "profile": { "name": format!("Customer {from}") } }],
            "messages": [payload::text(from, id, at, body)],
        });
        assert_eq!(self.webhook(&payload::webhook(number, &value)).await, 200);
    }

    /// Waits until nothing is under way.
    pub async fn settled(&self) {
        match &self.backend {
            Backend::Host(system) => {
                assert!(system.quiet(PATIENCE).await, "the system does not come to rest: {:?}", system.under_way());
            }
            Backend::Emulator(emulator) => emulator.quiet(PATIENCE).await.unwrap(),
        }
    }

    /// Waits until every webhook that was answered has been taken in.
    pub async fn taken_in(&self) {
        let empty = async {
            match &self.backend {
                Backend::Host(system) => inbound_emptied(system).await,
                Backend::Emulator(emulator) => emulator.emptied("inbound.fifo").await,
            }
        };
        tokio::time::timeout(PATIENCE, empty).await.unwrap();
    }

    /// Before the `n`th of many sends during which a script waits for what it tells: the emulator takes in one batch at a time,
    /// and `deliver` waits for Graph no longer for that.
    pub async fn keep_pace(&self, n: usize) {
        let full = n > 0 && n.is_multiple_of(AT_ONCE);
        if let (Backend::Emulator(emulator), true) = (&self.backend, full) {
            emulator.quiet(PATIENCE).await.unwrap();
        }
    }

    /// Now, in seconds.
    pub fn now() -> i64 {
        (clock::now_ms() / 1000).cast_signed()
    }

    /// The emulator's stack ends with the next scene's beginning.
    pub async fn end(self) {
        if let Backend::Host(system) = self.backend {
            system.stop().await;
        }
    }
}

async fn inbound_emptied(system: &System) {
    let inbound = system.template.queues.iter().find(|queue| queue.name.ends_with("-inbound.fifo")).unwrap();
    loop {
        let figures = system.sqs.figures()[&inbound.name];
        if figures.visible + figures.in_flight + figures.delayed == 0 {
            return;
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// A client for everything that the scenes ask for.
pub fn client() -> reqwest::Client {
    // reqwest builds no client without a TLS provider, not even one that speaks plain HTTP.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().timeout(PATIENCE).build().unwrap()
}

/// Looks until it sees something.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let watch = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, watch).await.unwrap_or_else(|_| panic!("never seen: {what}"))
}

//! The whole system for one scene: real functions, in memory, on ports of its own.

use std::time::Duration;

use local::aws::Data;
use local::seed::SeedFile;
use local::simulator::{Pace, SimAccount, SimApp, Simulator};
use local::{Options, System, clock};
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::graph::Graph;
use crate::payload::{self, SIGNATURE};

/// Longest that a scene waits for what must come. It is long because the machine may be busy; a scene that works ends
/// as soon as it sees what it waits for.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// How often a scene looks again.
const GLANCE: Duration = Duration::from_millis(20);

pub struct Stage {
    pub system: System,
    pub client: reqwest::Client,
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
        let more_routes = Some(Box::new(move |e: &local::Endpoints| simulator.router(&e.gateway)) as _);
        Self::set(Options { install, more_routes, ..Options::default() }).await
    }

    /// With a Graph that follows a script. `time_scale` divides every backoff, lease, window and schedule.
    pub async fn with_graph(graph: &Graph, time_scale: u32) -> Self {
        let parameters = [("MetaGraphBaseUrl".to_owned(), graph.base_url.clone())].into();
        let install = SeedFile::parse(&seed().to_string()).unwrap();
        Self::set(Options { install, parameters, time_scale, ..Options::default() }).await
    }

    async fn set(options: Options) -> Self {
        let client = client();
        Self { system: System::start(options).await.unwrap(), client }
    }

    pub fn gateway(&self) -> &str {
        &self.system.endpoints.gateway
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
        assert!(self.system.quiet(PATIENCE).await, "the system does not come to rest: {:?}", self.system.under_way());
    }

    /// Waits until every webhook that was answered has been taken in.
    pub async fn taken_in(&self) {
        let empty = async {
            let inbound =
                self.system.template.queues.iter().find(|queue| queue.name.ends_with("-inbound.fifo")).unwrap();
            loop {
                let figures = self.system.sqs.figures()[&inbound.name];
                if figures.visible + figures.in_flight + figures.delayed == 0 {
                    return;
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        tokio::time::timeout(PATIENCE, empty).await.unwrap();
    }

    /// Now, in seconds.
    pub fn now() -> i64 {
        (clock::now_ms() / 1000).cast_signed()
    }

    pub async fn end(self) {
        self.system.stop().await;
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

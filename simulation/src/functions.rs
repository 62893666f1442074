//! The functions' real handlers, wired as each `main.rs` wires them, over the seam.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::app::{KeySource, Parts, Queues};
use api::files::FileLinks;
use api::keys::Keys;
use blob::{Blobs, Files, Key};
use bootstrap::{Aws, Clock, Queue, Random, Service, Settings};
use channel_meta::{Graph, probe::GraphAddress};
use channel_whatsapp::WhatsApp;
use credential::{Secrets, TenantCredentials, TenantSecrets};
use domain::time::TimeScale;
use domain::{Account, IdKey, TenantCtx, Timestamp};
use frame::Poster;
use queue::{Producer, Sqs};
use serde_json::value::RawValue;
use table::{Tables, TablesConfig};

use crate::aws::sqs;
use crate::seam;
use crate::world::World;

pub const API_KEYS: &str = r#"{"keys":[{"kid":"k1","secret":"00112233445566778899aabbccddeeff"}]}"#;
pub const WEBHOOK_SECRET: &str = "webhook";
pub const TENANT_PREFIX: &str = "tenant/";
pub const PUBLIC_URL: &str = "https://inbox.test";
const GRAPH: &str = "http://graph.sim";
const VERSION: &str = "v25.0";
const BUCKET: &str = "bucket";

/// Least time left to start a group or a wake with: as in `ingest` and `deliver`.
const INGEST_LEAST: Duration = Duration::from_secs(3);
const DELIVER_LEAST: Duration = Duration::from_secs(9);

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Makes processes of functions: each with clients and caches of its own, as a cold start does.
#[derive(Clone)]
pub struct Functions {
    world: World,
    clock: Clock,
    http: reqwest::Client,
}

/// The bucket as `ingest` uses it.
pub struct Bodies(Blobs);

impl ingest::Bodies for Bodies {
    async fn pieces(&self, key: &str) -> Result<Vec<Box<RawValue>>, Failed> {
        Ok(serde_json::from_slice(&self.0.get(&Key::named(key)).await?)?)
    }

    async fn keep_raw(&self, ctx: &TenantCtx, raw: String) -> Result<String, Failed> {
        let key = Key::raw(ctx.id(), raw.as_bytes());
        self.0.put(&key, raw.into_bytes()).await?;
        Ok(key.as_str().to_owned())
    }
}

/// The tenants' access tokens as `deliver` reads them.
pub struct Vault {
    tokens: TenantSecrets,
    clock: Clock,
}

impl deliver::Tokens for Vault {
    async fn access_token(&self, tenant: &TenantCtx, account: &Account) -> Result<String, deliver::NoToken> {
        let now = Timestamp::from_millis(self.clock.now());
        let token = self.tokens.access_token(tenant.id(), &account.id, account.credential, now).await?;
        token.map(|token| token.expose().clone()).ok_or(deliver::NoToken::Needed)
    }
}

/// Retry budgets are kept per region in the process, and each run needs its own: no two processes share a region. It is spelt as AWS spells
/// its own, or each call would try the patterns of every partition on it.
fn region() -> String {
    static STARTED: AtomicU64 = AtomicU64::new(0);
    format!("us-sim-{}", STARTED.fetch_add(1, Ordering::Relaxed))
}

impl Functions {
    /// `http` only builds requests: nothing leaves by it.
    pub fn of(world: &World, http: reqwest::Client) -> Self {
        Self { world: world.clone(), clock: Clock::played_by(Arc::new(world.time.clone())), http }
    }

    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    pub fn webhook(&self) -> webhook::App {
        let aws = self.process("webhook");
        let client = aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager));
        let source = webhook::Source::Secret { secrets: Secrets::new(client), id: WEBHOOK_SECRET.to_owned() };
        webhook::App {
            apps: webhook::Apps::new(source),
            inbound: aws.producer(sqs::INBOUND),
            blobs: aws.blobs(),
            clock: self.clock(),
        }
    }

    pub fn ingest(&self) -> (ingest::App<Bodies>, Queue) {
        let aws = self.process("ingest");
        let (tables, _) = self.tables(&aws);
        let (bodies, random) = (Bodies(aws.blobs()), self.random());
        let routes = ingest::Routes::default();
        let name = "ingest".to_owned();
        let app = ingest::App { tables, id_key: id_key(), routes, bodies, clock: self.clock(), random, name };
        (app, self.queue(&aws, INGEST_LEAST, sqs::INBOUND))
    }

    pub fn relay(&self) -> relay::App {
        let aws = self.process("relay");
        let [outbound, media] = [sqs::OUTBOUND, sqs::MEDIA].map(|queue| aws.producer(queue));
        relay::App { outbound, media, clock: self.clock() }
    }

    pub fn deliver(&self) -> (deliver::App<Vault>, Queue) {
        let aws = self.process("deliver");
        let (tables, tenants) = self.tables(&aws);
        let secrets = Secrets::new(aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager)));
        let graph = Graph::new(self.http.clone(), address()).carried_by(seam::carrier(&self.world, "deliver"));
        let tokens = TenantSecrets::new(secrets, TENANT_PREFIX.to_owned()).as_tenant(Arc::clone(&tenants));
        let app = deliver::App {
            tables,
            whatsapp: WhatsApp::new(graph),
            // No agent sends a file in a run, so nothing is asked of it.
            bucket: deliver::Bucket { client: self.http.clone(), files: files(), tenants: Arc::clone(&tenants) },
            tokens: Vault { tokens, clock: self.clock() },
            scale: TimeScale::REAL,
            clock: self.clock(),
            random: self.random(),
            name: "deliver".to_owned(),
        };
        (app, self.queue(&aws, DELIVER_LEAST, sqs::OUTBOUND))
    }

    pub fn push(&self) -> push::App {
        let aws = self.process("push");
        let (tables, _) = self.tables(&aws);
        push::App::new(tables, Poster::new(&aws.config(Service::Connections), aws.aws.connector()), self.clock())
    }

    pub fn sweep(&self) -> sweep::App {
        let aws = self.process("sweep");
        let (tables, _) = self.tables(&aws);
        sweep::App { tables, blobs: aws.blobs(), inbound: aws.producer(sqs::INBOUND), clock: self.clock() }
    }

    pub fn quarantine(&self) -> quarantine::App {
        let aws = self.process("quarantine");
        let (tables, _) = self.tables(&aws);
        quarantine::App { tables, clock: self.clock(), name: "quarantine".to_owned() }
    }

    pub fn api(&self) -> axum::Router {
        let aws = self.process("api");
        let (tables, tenants) = self.tables(&aws);
        let sessions = Arc::clone(&tenants);
        let secrets = || Secrets::new(aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager)));
        let [inbound, outbound, media] = [sqs::INBOUND, sqs::OUTBOUND, sqs::MEDIA].map(|queue| aws.producer(queue));
        let mut app = api::App::new(Parts {
            tables,
            keys: KeySource::Fixed(Arc::new(Keys::parse(API_KEYS).expect("keys of the known form"))),
            queues: Queues { inbound, outbound, media },
            links: FileLinks { files: files(), sessions: Arc::new(move |tenant| sessions.of(tenant)) },
            tokens: TenantSecrets::new(secrets(), TENANT_PREFIX.to_owned()).as_tenant(tenants),
            meta_app: api::meta::app::MetaAppSource::new(secrets(), "meta-app".to_owned()),
            graph: api::channels::Graph {
                client: self.http.clone(),
                address: address(),
                carrier: Some(seam::carrier(&self.world, "api")),
            },
            clock: self.clock(),
            public_url: PUBLIC_URL.to_owned(),
            ws_url: "wss://ws.inbox.test".to_owned(),
        });
        app.random = self.random();
        api::router(Arc::new(app))
    }

    /// Tables that meet no fault and take no time: for the stage, and for whoever checks.
    pub fn auditor(&self) -> Tables {
        self.tables_of(&self.process("auditor"), None)
    }

    fn tables(&self, aws: &Process) -> (Tables, Arc<TenantCredentials>) {
        let (clock, sts) = (self.clock(), aws_sdk_sts::Client::new(&aws.config(Service::Sts)));
        let now = move || Timestamp::from_millis(clock.now());
        let tenants = Arc::new(TenantCredentials::new(sts, "arn:aws:iam::1:role/tenant".to_owned(), now));
        (self.tables_of(aws, Some(Arc::clone(&tenants))), tenants)
    }

    fn tables_of(&self, aws: &Process, tenants: Option<Arc<TenantCredentials>>) -> Tables {
        Tables::new(TablesConfig {
            truth: "truth".to_owned(),
            live: "live".to_owned(),
            client: aws_sdk_dynamodb::Client::new(&aws.config(Service::DynamoDb)),
            tenant_credentials: tenants
                .map(|all| -> table::TenantCredentials { Arc::new(move |tenant| all.of(tenant)) }),
            id_key: Some(id_key()),
            scale: TimeScale::REAL,
            seed: self.world.chance.seed(),
            meter: None,
        })
    }

    fn queue(&self, aws: &Process, least: Duration, name: &str) -> Queue {
        let client = aws_sdk_sqs::Client::new(&aws.config(Service::Sqs));
        let queue = Queue::new(self.clock(), least).with_backoff(client, url(name), 1.0);
        Queue { random: self.random(), ..queue }
    }

    fn random(&self) -> Random {
        Random::seeded(self.world.chance.seed())
    }

    fn process(&self, function: &str) -> Process {
        Process::start(&self.world, function)
    }
}

/// The AWS clients of one process of a function.
struct Process {
    aws: Aws,
    world: World,
}

impl Process {
    fn start(world: &World, function: &str) -> Self {
        let endpoint = |service: &str| format!("http://{service}.{function}.sim");
        let endpoints = [
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint("dynamodb")),
            ("AWS_ENDPOINT_URL_SQS", endpoint("sqs")),
            ("AWS_ENDPOINT_URL_S3", endpoint("s3")),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint("secrets")),
            ("AWS_ENDPOINT_URL_STS", endpoint("sts")),
            ("WS_ENDPOINT", endpoint("connections")),
            ("AWS_REGION", region()),
            ("AWS_ACCESS_KEY_ID", "FUNCTION".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "s".to_owned()),
        ];
        let settings = Settings::of(endpoints.iter().map(|(name, value)| (*name, value.as_str())));
        let aws = Aws::over(&settings, seam::connector(world)).expect("every setting is there");
        Self { aws, world: world.clone() }
    }

    fn config(&self, service: Service) -> aws_types::SdkConfig {
        let config = self.aws.config(service).into_builder();
        config.sleep_impl(self.world.time.clone()).time_source(self.world.time.clone()).build()
    }

    fn producer(&self, queue: &str) -> Producer {
        Producer::new(Sqs::new(&self.config(Service::Sqs), self.aws.connector()), url(queue))
    }

    fn blobs(&self) -> Blobs {
        Blobs::new(aws_sdk_s3::Client::new(&self.config(Service::S3)), BUCKET.to_owned())
    }
}

fn url(queue: &str) -> String {
    format!("http://sqs/1/{queue}")
}

fn address() -> GraphAddress {
    GraphAddress { base_url: GRAPH.to_owned(), version: VERSION.to_owned() }
}

fn id_key() -> IdKey {
    IdKey::new(&[7; 32])
}

fn files() -> Files {
    Files { url: PUBLIC_URL.to_owned(), bucket: "files".to_owned(), region: "eu-west-1".to_owned() }
}

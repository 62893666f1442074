//! The whole system, started and stopped as one.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use bootstrap::Settings;
use domain::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::aws::dynamodb::{Denied, DynamoDb, Hook};
use crate::aws::journal::Journal;
use crate::aws::s3::S3;
use crate::aws::secrets::Secrets;
use crate::aws::sqs::Sqs;
use crate::aws::sts::{Credentials, Sts};
use crate::aws::{self, Data, Now};
use crate::gateway::app_files::AppFiles;
use crate::gateway::connections::{self, Connections};
use crate::gateway::observe::Watched;
use crate::gateway::websocket::Sockets;
use crate::gateway::{self, HttpApi};
use crate::iam::{Caller, Doorkeeper, Guard, Service};
use crate::lambda::{self, Lambda};
use crate::mapping::Gates;
use crate::mapping::sqs::Poller;
use crate::mapping::stream::{Progress, Reader, Store};
use crate::mapping::stream_trim::trim_forever;
use crate::options::Options;
use crate::ports::{Endpoints, Ports};
use crate::provision::Services;
use crate::seed::{self, SeedFile};
use crate::start_error::StartError;
use crate::template::{Addresses, Queue, Template, role_arn};
use crate::{clock, environment, listen, schedule};

/// How long work under way may take when the system ends; the longest function timeout is 50 s, but nobody waits so
/// long for a laptop: what is cut comes back from its queue or stream.
const DRAIN: Duration = Duration::from_secs(10);

/// A running system. Dropped, it stops at once; [`System::stop`] lets work end first.
pub struct System {
    /// Where everything is reached.
    pub endpoints: Endpoints,
    /// The template as it was resolved.
    pub template: Template,
    /// The functions.
    pub lambda: Lambda,
    /// The queues.
    pub sqs: Sqs,
    /// The tables, with everyone's rights.
    pub dynamodb: DynamoDb,
    /// The secrets.
    pub secrets: Secrets,
    /// The objects.
    pub s3: S3,
    /// The sockets.
    pub connections: Connections,
    /// Credentials that may do everything, for setting things up.
    pub credentials: Credentials,
    pub(crate) environments: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) streams: BTreeMap<String, Progress>,
    pub(crate) gates: Gates,
    pub(crate) throttled: Arc<AtomicU32>,
    ephemeral: bool,
    ready: Arc<AtomicBool>,
    stopping: watch::Sender<bool>,
    gateway: Option<JoinHandle<()>>,
    tasks: JoinSet<()>,
    places: Journal,
    pub(crate) time_scale: u32,
}

/// The role of whoever sets things up: what CloudFormation and an operator may do, and no function.
const HOST_ROLE: &str = "local-host";

/// Where the gateway plays Meta's Graph API, unless the settings name another.
const SIMULATED_GRAPH: &str = "/simulator/graph";

impl System {
    /// Starts everything; when it returns, the gateway takes requests.
    pub async fn start(mut options: Options) -> Result<Self, StartError> {
        let ports = Ports::bind(options.listen).await?;
        let endpoints = ports.endpoints()?;
        let template = read_template(&options, &endpoints)?;
        let now: Now = Arc::new(clock::now_ms);
        let sts = Sts::open(&options.data, now.clone())?;
        let sqs = Sqs::open(&options.data, now.clone()).map_err(|fault| StartError::Data(fault.to_string()))?;
        sqs.set_base_url(&endpoints.sqs);
        let secrets = Secrets::open(&options.data, now).map_err(|fault| StartError::Data(fault.to_string()))?;
        let s3 = S3::open(&options.data, sts.clone())?;
        let dynamodb = DynamoDb::open(&options.data).await?;
        Services { sqs: &sqs, dynamodb: &dynamodb, s3: &s3, secrets: &secrets }.provision(&template).await?;

        let guard = Arc::new(Guard::new(&template));
        let throttled = Arc::<AtomicU32>::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(dynamodb.clone().sweep_forever());
        let keeper = Doorkeeper { guard: guard.clone(), sts: sts.clone(), host: role_arn(HOST_ROLE) };
        let cors = template.buckets.iter().flat_map(|bucket| bucket.cors.clone()).collect();
        let routers = [
            dynamodb.router(hook(guard.clone(), sts.clone(), throttled.clone())),
            keeper.before(Service::Sqs, aws::sqs::router(sqs.clone())),
            aws::cors::before(cors, keeper.before(Service::S3, s3.router())),
            keeper.before(Service::SecretsManager, aws::secrets::router(secrets.clone())),
            keeper.before(Service::Sts, aws::sts::router(sts.clone())),
        ];
        for (listener, router) in ports.services.into_iter().zip(routers) {
            tasks.spawn(serve(listener, router));
        }
        let connections = Connections::default();
        tasks.spawn(serve(ports.management, connections::router(connections.clone())));

        let environments = environment::environments(&template, &endpoints, &sts, &options.environment);
        let settings = lambda::Settings {
            bin_dir: options.bin_dir.clone(),
            workers_max: options.workers_max,
            idle: options.worker_idle,
        };
        let lambda = Lambda::start(ports.runtime, &settings, &template.functions, &environments)?;
        let (places, kept) = open_places(&options.data)?;
        let (stopping, _) = watch::channel(false);
        let mut system = Self {
            credentials: sts.issue(&role_arn(HOST_ROLE), BTreeMap::new(), Duration::from_secs(12 * 60 * 60)),
            endpoints,
            template,
            lambda,
            sqs,
            dynamodb,
            secrets,
            s3,
            connections,
            environments,
            streams: BTreeMap::new(),
            gates: Gates::default(),
            throttled,
            ephemeral: options.data == Data::Memory,
            ready: Arc::default(),
            stopping,
            gateway: None,
            tasks,
            places,
            time_scale: options.time_scale,
        };
        system.plant(&options.install).await?;
        system.map(&options, &guard, &kept);
        let more = options.more_routes.take().map(|more| more(&system.endpoints)).unwrap_or_default();
        system.open_doors(ports.gateway, &options, more);
        Ok(system)
    }

    /// Creates what the seed names and what is not there.
    async fn plant(&self, install: &SeedFile) -> Result<(), StartError> {
        if install.tenants.is_empty() && install.operators.is_empty() && install.meta_apps.is_empty() {
            return Ok(());
        }
        let settings = self.setup_environment();
        let settings = Settings::of(settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let now = Timestamp::from_millis(clock::now_ms().cast_signed());
        Ok(seed::apply(install, &seed::Target::open(&settings, now).await?).await?)
    }

    /// Begins to feed functions from queues, streams and the clock.
    fn map(&mut self, options: &Options, guard: &Guard, kept: &BTreeMap<String, i64>) {
        for mapping in self.template.queue_mappings.clone() {
            let poller = Poller {
                sqs: self.sqs.clone(),
                lambda: self.lambda.clone(),
                gate: self.gates.of(&mapping.function),
                time_scale: options.time_scale,
                concurrency_max: options.workers_max,
                mapping,
            };
            self.tasks.spawn(poller.run());
        }
        let with_stream = self.template.tables.iter().filter(|table| table.has_stream);
        let mut readers: BTreeMap<_, Vec<_>> = with_stream.map(|table| (table.name.clone(), Vec::new())).collect();
        for mapping in self.template.stream_mappings.clone() {
            let Some(table) = self
                .template
                .tables
                .iter()
                .find(|table| mapping.stream_arn.contains(&format!("table/{}/", table.name)))
            else {
                tracing::error!(stream = mapping.stream_arn, "no table has this stream");
                continue;
            };
            let key = format!("{}/{}", mapping.function, table.name);
            let progress = Progress::new(self.places.clone(), key.clone(), kept.get(&key).copied());
            self.streams.insert(mapping.function.clone(), progress.clone());
            readers.entry(table.name.clone()).or_default().push(progress.clone());
            let reader = Reader {
                database: self.dynamodb.database(),
                partition_key: guard.partition_key(&table.name).to_owned(),
                table: table.name.clone(),
                function_arn: self
                    .template
                    .functions
                    .get(&mapping.function)
                    .map(|it| it.arn.clone())
                    .unwrap_or_default(),
                lambda: self.lambda.clone(),
                bell: self.dynamodb.changed(),
                store: store(self.s3.clone()),
                gate: self.gates.of(&mapping.function),
                delay: options.stream_delay,
                seed: options.chance,
                time_scale: options.time_scale,
                progress,
                mapping,
            };
            self.tasks.spawn(reader.run());
        }
        self.tasks.spawn(trim_forever(self.dynamodb.clone(), readers));
        for stated in self.template.schedules.clone() {
            self.tasks.spawn(schedule::run(stated, self.lambda.clone(), options.time_scale));
        }
    }

    fn open_doors(&mut self, listener: TcpListener, options: &Options, more: Router) {
        let sockets = Sockets {
            routes: Arc::new(self.template.socket_routes.clone()),
            lambda: self.lambda.clone(),
            connections: self.connections.clone(),
            idle: options.socket_idle,
            life: options.socket_life,
        };
        let watched = Watched {
            lambda: self.lambda.clone(),
            sqs: self.sqs.clone(),
            dead_letter_queues: Arc::new(self.template.queues.iter().filter_map(Queue::dead_letter_queue).collect()),
            connections: self.connections.clone(),
            streams: self.streams.clone(),
            ready: self.ready.clone(),
        };
        let app = AppFiles { dir: options.root.join("web/dist"), headers: self.template.app_headers.clone() };
        let api = HttpApi::new(self.template.http_routes.clone(), self.lambda.clone());
        let router = gateway::router(api, sockets, app, watched, more);
        let mut stopping = self.stopping.subscribe();
        self.gateway = Some(tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let stopped = async move {
                let _host_dropped = stopping.wait_for(|stopping| *stopping).await;
            };
            let served = axum::serve(listen::no_delay(listener), service).with_graceful_shutdown(stopped).await;
            if let Err(fault) = served {
                tracing::error!(%fault, "the gateway stopped");
            }
        }));
        self.ready.store(true, Ordering::Relaxed);
    }

    /// Takes no more work, lets what is under way end, and keeps everything.
    pub async fn stop(mut self) {
        self.ready.store(false, Ordering::Relaxed);
        self.template.functions.keys().for_each(|logical| self.pause(logical));
        self.stopping.send_replace(true);
        let drained = async {
            self.connections.cut_all();
            if let Some(gateway) = self.gateway.take() {
                let _aborted = gateway.await;
            }
            while self.lambda.in_flight() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("work was cut off; its queues and streams hand it over again");
        }
        self.tasks.abort_all();
        self.lambda.stop();
        self.sqs.flush().await;
        self.places.write(Vec::new()).await;
    }
}

impl Drop for System {
    fn drop(&mut self) {
        if let Some(gateway) = &self.gateway {
            gateway.abort();
        }
        self.lambda.stop();
        if self.ephemeral {
            let _left_to_the_system = std::fs::remove_dir_all(self.s3.folder(""));
        }
    }
}

fn read_template(options: &Options, endpoints: &Endpoints) -> Result<Template, StartError> {
    let text = std::fs::read_to_string(options.root.join("infra/template.yaml")).map_err(StartError::NoTemplate)?;
    let mut parameters: BTreeMap<String, String> = [
        ("PublicUrl", endpoints.gateway.clone()),
        ("WsUrl", endpoints.ws_url.clone()),
        ("WsEndpoint", endpoints.management.clone()),
        ("FilesUrl", endpoints.s3.clone()),
        ("MetaGraphBaseUrl", format!("{}{}", endpoints.gateway, SIMULATED_GRAPH)),
        ("TimeScale", options.time_scale.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    parameters.extend(options.parameters.clone());
    let addresses = Addresses { sqs: endpoints.sqs.clone(), gateway: endpoints.gateway.clone() };
    Ok(Template::read(&text, &parameters, addresses)?)
}

async fn serve(listener: TcpListener, router: Router) {
    if let Err(fault) = axum::serve(listen::no_delay(listener), router).await {
        tracing::error!(%fault, "an emulated service stopped");
    }
}

/// Who may do what to the tables: the session's role as the template states it.
fn hook(guard: Arc<Guard>, sts: Sts, throttled: Arc<AtomicU32>) -> Hook {
    let host = role_arn(HOST_ROLE);
    Arc::new(move |headers, action, input| {
        let token = headers.get("x-amz-security-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
        let Some(principal) = sts.resolve(token) else {
            let message = "The security token included in the request is invalid or expired".to_owned();
            return Err(Denied { code: "ExpiredTokenException", message });
        };
        if principal.role_arn == host {
            return Ok(());
        }
        let less_one = |left: u32| left.checked_sub(1);
        if throttled.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less_one).is_ok() {
            let message = "The level of configured provisioned throughput for the table was exceeded".to_owned();
            return Err(Denied { code: "ProvisionedThroughputExceededException", message });
        }
        let caller = Caller { role_arn: principal.role_arn, tags: principal.tags };
        guard.check(&caller, action, input).map_err(|message| Denied { code: "AccessDeniedException", message })
    })
}

fn store(s3: S3) -> Store {
    Arc::new(move |bucket, key, bytes| {
        let s3 = s3.clone();
        Box::pin(async move { s3.put(&bucket, &key, bytes.to_vec()).await.map_err(|fault| fault.to_string()) })
    })
}

/// How far each stream mapping had come.
fn open_places(data: &Data) -> Result<(Journal, BTreeMap<String, i64>), StartError> {
    let Some(file) = data.file("streams.db") else { return Ok((Journal::memory(), BTreeMap::new())) };
    let (journal, kept) = Journal::open(&file).map_err(|fault| StartError::Data(fault.to_string()))?;
    let place = |bytes: Vec<u8>| String::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    Ok((journal, kept.into_iter().filter_map(|(key, bytes)| Some((key, place(bytes)?))).collect()))
}

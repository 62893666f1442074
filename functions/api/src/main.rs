//! Lambda `api`: HTTP in, the tables out.

use std::{error::Error, sync::Arc, time::Duration};

use api::{
    App,
    app::{KeySource, Parts, Queues},
    channels::Graph,
    files::{FileLinks, Sessions},
    meta::app::MetaAppSource,
};
use aws_sdk_secretsmanager::Client as SecretsClient;
use blob::Files;
use bootstrap::{Aws, Clock, Random, Service, Settings, SettingsError, http, logs};
use channel_meta::probe::GraphAddress;
use credential::{Secrets, TenantCredentials, TenantSecrets};
use domain::{IdKey, TenantId, Timestamp, time::TimeScale};
use queue::{Producer, Sqs};
use serde::Deserialize;
use table::{Tables, TablesConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("api", &settings, clock.clone());
    // A missing setting fails the cold start, not a request.
    let app = app(&settings, clock).await?;
    lambda_http::run(api::router(Arc::new(app))).await
}

async fn app(settings: &Settings, clock: Clock) -> Result<App, Box<dyn Error + Send + Sync>> {
    let aws = Aws::new(settings)?;
    let secrets = || Secrets::new(SecretsClient::new(&aws.config(Service::SecretsManager)));
    let id_key = id_key(&secrets(), &settings.text("ID_KEY_SECRET_ID")?, Timestamp::from_millis(clock.now())).await?;
    let keys = KeySource::of_secret(secrets(), settings.text("API_KEYS_SECRET_ID")?);
    let sts = aws_sdk_sts::Client::new(&aws.config(Service::Sts));
    let now = clock.clone();
    let now = move || Timestamp::from_millis(now.now());
    let tenants = Arc::new(TenantCredentials::new(sts, settings.text("TENANT_ROLE_ARN")?, now));
    let tables = tables(settings, &aws, tenants.clone(), id_key)?;
    let sqs = Sqs::new(&aws.config(Service::Sqs), aws.connector());
    let queue = |name| settings.text(name).map(|url| Producer::new(sqs.clone(), url));
    Ok(App::new(Parts {
        tables,
        keys,
        queues: Queues {
            inbound: queue("INBOUND_QUEUE_URL")?,
            outbound: queue("OUTBOUND_QUEUE_URL")?,
            media: queue("MEDIA_QUEUE_URL")?,
        },
        links: FileLinks {
            files: Files {
                url: settings.text("FILES_URL")?,
                bucket: settings.text("BUCKET_NAME")?,
                region: settings.text("AWS_REGION")?,
            },
            sessions: sessions(tenants.clone()),
        },
        tokens: TenantSecrets::new(secrets(), settings.text("TENANT_SECRET_PREFIX")?).as_tenant(tenants),
        graph: graph(settings)?,
        meta_app: MetaAppSource::new(secrets(), settings.text("META_APP_SECRET_ID")?),
        clock,
        public_url: settings.text("PUBLIC_URL")?,
        ws_url: settings.text("WS_URL")?,
    }))
}

fn sessions(tenants: Arc<TenantCredentials>) -> Sessions {
    Arc::new(move |tenant| tenants.of(tenant))
}

fn tables(
    settings: &Settings,
    aws: &Aws,
    tenants: Arc<TenantCredentials>,
    id_key: IdKey,
) -> Result<Tables, Box<dyn Error + Send + Sync>> {
    Ok(Tables::new(TablesConfig {
        truth: settings.text("TABLE_NAME")?,
        live: settings.text("LIVE_TABLE_NAME")?,
        client: aws_sdk_dynamodb::Client::new(&aws.config(Service::DynamoDb)),
        tenant_credentials: Some(Arc::new(move |tenant: &TenantId| tenants.of(tenant))),
        id_key: Some(id_key),
        scale: TimeScale::new(settings.time_scale()?).unwrap_or(TimeScale::REAL),
        seed: u64::from_be_bytes(Random::system().bytes()),
        meter: None,
    }))
}

/// Longest wait for Graph's word on a token.
const GRAPH_TIMEOUT: Duration = Duration::from_secs(8);

fn graph(settings: &Settings) -> Result<Graph, SettingsError> {
    let base_url = settings.text("META_GRAPH_BASE_URL")?.trim_end_matches('/').to_owned();
    let address = GraphAddress { base_url, version: settings.text("META_GRAPH_VERSION")? };
    Ok(Graph { client: http::channels(settings, GRAPH_TIMEOUT)?, address, carrier: None })
}

/// The install's id key, `{"key": 64 hexadecimal digits}`.
#[derive(Deserialize)]
struct StoredKey {
    key: String,
}

async fn id_key(secrets: &Secrets, id: &str, now: Timestamp) -> Result<IdKey, Box<dyn Error + Send + Sync>> {
    let stored: StoredKey = secrets.json(id, now).await?;
    let bytes = hex::decode(stored.key).map_err(|_| "the id key is not hexadecimal")?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| "the id key is not 32 bytes long")?;
    Ok(IdKey::new(&bytes))
}

//! Lambda `ingest`: queue `inbound` in, the table out.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use blob::{Blobs, Key};
use bootstrap::{Aws, Clock, Queue, Random, Retry, Service, Settings, SqsRecord, logs, run_groups};
use credential::{Secrets, TenantCredentials};
use domain::{IdKey, TenantCtx, Timestamp, time::TimeScale};
use ingest::{App, Bodies, Routes};
use serde::Deserialize;
use serde_json::value::RawValue;
use table::{Tables, TablesConfig};

/// A group is not started with less than this left.
const LEAST: Duration = Duration::from_secs(3);

#[derive(Deserialize)]
struct KeptIdKey {
    key: String,
}

/// The bucket, with the function's own role for claims and with the tenant's for what is the tenant's.
struct Bucket {
    aws: Aws,
    /// Made when first needed: most events need none, and a start should not wait for it.
    s3: OnceLock<aws_sdk_s3::Client>,
    name: String,
    tenants: Arc<TenantCredentials>,
}

impl Bucket {
    fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| aws_sdk_s3::Client::new(&self.aws.config(Service::S3)))
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Bodies for Bucket {
    async fn pieces(&self, key: &str) -> Result<Vec<Box<RawValue>>, Failed> {
        let own = Blobs::new(self.s3().clone(), self.name.clone());
        Ok(serde_json::from_slice(&own.get(&Key::named(key)).await?)?)
    }

    async fn keep_raw(&self, ctx: &TenantCtx, raw: String) -> Result<String, Failed> {
        let conf = self.s3().config().to_builder().credentials_provider(self.tenants.of(ctx.id())).build();
        let (key, blobs) =
            (Key::raw(ctx.id(), raw.as_bytes()), Blobs::new(aws_sdk_s3::Client::from_conf(conf), self.name.clone()));
        blobs.put(&key, raw.into_bytes()).await?;
        Ok(key.as_str().to_owned())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock, random) = (Settings::from_env(), Clock::system(), Random::system());
    logs::start("ingest", &settings, clock.clone());
    let aws = Aws::new(&settings)?;
    let scale = settings.time_scale()?;
    let id_key = id_key(&aws, &settings, &clock).await?;
    let at = clock.clone();
    let sts = aws_sdk_sts::Client::new(&aws.config(Service::Sts));
    let tenants =
        TenantCredentials::new(sts, settings.text("TENANT_ROLE_ARN")?, move || Timestamp::from_millis(at.now()));
    let tenants = Arc::new(tenants);
    let of = Arc::clone(&tenants);
    let tables = Tables::new(TablesConfig {
        truth: settings.text("TABLE_NAME")?,
        live: settings.text("LIVE_TABLE_NAME")?,
        client: aws_sdk_dynamodb::Client::new(&aws.config(Service::DynamoDb)),
        tenant_credentials: Some(Arc::new(move |tenant| of.of(tenant))),
        id_key: Some(id_key.clone()),
        scale: TimeScale::new(scale).unwrap_or(TimeScale::REAL),
        seed: u64::from_be_bytes(random.bytes()),
        meter: None,
    });
    let bodies = Bucket { aws: aws.clone(), s3: OnceLock::new(), name: settings.text("BUCKET_NAME")?, tenants };
    let name = settings.optional("AWS_LAMBDA_FUNCTION_NAME").unwrap_or("ingest").to_owned();
    let app = &App { tables, id_key, routes: Routes::default(), bodies, clock: clock.clone(), random, name };
    let sqs = aws_sdk_sqs::Client::new(&aws.config(Service::Sqs));
    let queue = Queue::new(clock, LEAST).with_backoff(sqs, settings.text("INBOUND_QUEUE_URL")?, scale);
    run_groups(queue, |records: Vec<SqsRecord>, _| async move {
        let texts: Vec<String> = records.into_iter().map(|record| record.body).collect();
        match app.ingest(&texts).await {
            Ok(_) => (texts.len(), Ok(())),
            Err(error) => (0, Err(Retry::from(error))),
        }
    })
    .await
}

async fn id_key(aws: &Aws, settings: &Settings, clock: &Clock) -> Result<IdKey, lambda_runtime::Error> {
    let secrets = Secrets::new(aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager)));
    let id = settings.text("ID_KEY_SECRET_ID")?;
    let kept: KeptIdKey = secrets.json(&id, Timestamp::from_millis(clock.now())).await?;
    let mut key = [0; 32];
    hex::decode_to_slice(&kept.key, &mut key).map_err(|_| "the id key is not 64 hex digits")?;
    Ok(IdKey::new(&key))
}

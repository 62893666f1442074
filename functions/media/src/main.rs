//! Lambda `media`: queue `media` in, the channel's files into the bucket.

#![recursion_limit = "256"]

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use bootstrap::{Aws, Clock, Queue, Random, Retry, Service, Settings, SqsRecord, http, logs, run_batch};
use channel_meta::{Media, probe::GraphAddress};
use credential::{Secrets, TenantCredentials, TenantSecrets};
use domain::{TenantId, Timestamp, time::TimeScale};
use media::{App, Bucket};
use queue::MediaJob;
use table::{Tables, TablesConfig};

/// Longest that a call of the channel may take, the largest file included; the function has 45 s.
const CALL: Duration = Duration::from_secs(25);

/// A job is not started with less than this left.
const LEAST: Duration = Duration::from_secs(40);

/// Longest that the bucket may take for the largest file.
const STORE: Duration = Duration::from_secs(15);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("media", &settings, clock.clone());
    let aws = Aws::new(&settings)?;
    let app = &app(&settings, &aws, &clock)?;
    let sqs = aws_sdk_sqs::Client::new(&aws.config(Service::Sqs));
    let queue = Queue::new(clock, LEAST).with_backoff(sqs, settings.text("MEDIA_QUEUE_URL")?, settings.time_scale()?);
    run_batch(queue, |record: SqsRecord| async move {
        let Ok(job) = serde_json::from_str::<MediaJob>(&record.body) else {
            return Err(Retry::because("the record names no message"));
        };
        app.take(&job, record.receives()).await
    })
    .await
}

fn app(settings: &Settings, aws: &Aws, clock: &Clock) -> Result<App, bootstrap::SettingsError> {
    let at = clock.clone();
    let sts = aws_sdk_sts::Client::new(&aws.config(Service::Sts));
    let now = move || Timestamp::from_millis(at.now());
    let tenants = Arc::new(TenantCredentials::new(sts, settings.text("TENANT_ROLE_ARN")?, now));
    let of = Arc::clone(&tenants);
    let secrets = Secrets::new(aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager)));
    let base_url = settings.text("META_GRAPH_BASE_URL")?.trim_end_matches('/').to_owned();
    let address = GraphAddress { base_url, version: settings.text("META_GRAPH_VERSION")? };
    let s3 = aws_sdk_s3::Client::new(&aws.config(Service::S3));
    let timeouts = TimeoutConfig::builder().connect_timeout(http::CONNECT_TIMEOUT).read_timeout(STORE).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3.config().to_builder().timeout_config(timeouts).build());
    Ok(App {
        tables: Tables::new(TablesConfig {
            truth: settings.text("TABLE_NAME")?,
            live: settings.text("LIVE_TABLE_NAME")?,
            client: aws_sdk_dynamodb::Client::new(&aws.config(Service::DynamoDb)),
            tenant_credentials: Some(Arc::new(move |tenant: &TenantId| of.of(tenant))),
            id_key: None,
            scale: TimeScale::new(settings.time_scale()?).unwrap_or(TimeScale::REAL),
            seed: u64::from_be_bytes(Random::system().bytes()),
            meter: None,
        }),
        tokens: TenantSecrets::new(secrets, settings.text("TENANT_SECRET_PREFIX")?).as_tenant(Arc::clone(&tenants)),
        whatsapp: Media::new(http::files(settings, CALL)?, address),
        bucket: Bucket { s3, name: settings.text("BUCKET_NAME")?, tenants },
        clock: clock.clone(),
    })
}

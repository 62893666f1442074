//! Lambda `sweep`: a tick each minute in, wakes and replays out.

use std::sync::Arc;

use blob::Blobs;
use bootstrap::{Aws, Clock, Random, Service, Settings, logs};
use credential::TenantCredentials;
use domain::{TenantId, Timestamp, time::TimeScale};
use queue::{Producer, Sqs};
use serde::de::IgnoredAny;
use table::{Tables, TablesConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("sweep", &settings, clock.clone());
    let app = &app(&settings, clock)?;
    bootstrap::run(|_: IgnoredAny, invocation| async move { Ok(app.sweep(invocation.deadline).await?) }).await
}

fn app(settings: &Settings, clock: Clock) -> Result<sweep::App, bootstrap::SettingsError> {
    let aws = Aws::new(settings)?;
    let sqs = Sqs::new(&aws.config(Service::Sqs), aws.connector());
    let s3 = aws_sdk_s3::Client::new(&aws.config(Service::S3));
    Ok(sweep::App {
        tables: tables(settings, &aws, clock.clone())?,
        blobs: Blobs::new(s3, settings.text("BUCKET_NAME")?),
        inbound: Producer::new(sqs, settings.text("INBOUND_QUEUE_URL")?),
        clock,
    })
}

fn tables(settings: &Settings, aws: &Aws, clock: Clock) -> Result<Tables, bootstrap::SettingsError> {
    let sts = aws_sdk_sts::Client::new(&aws.config(Service::Sts));
    let now = move || Timestamp::from_millis(clock.now());
    let tenants = TenantCredentials::new(sts, settings.text("TENANT_ROLE_ARN")?, now);
    Ok(Tables::new(TablesConfig {
        truth: settings.text("TABLE_NAME")?,
        live: settings.text("LIVE_TABLE_NAME")?,
        client: aws_sdk_dynamodb::Client::new(&aws.config(Service::DynamoDb)),
        tenant_credentials: Some(Arc::new(move |tenant: &TenantId| tenants.of(tenant))),
        id_key: None,
        scale: TimeScale::new(settings.time_scale()?).unwrap_or(TimeScale::REAL),
        seed: u64::from_be_bytes(Random::system().bytes()),
        meter: None,
    }))
}

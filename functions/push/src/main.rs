//! Lambda `push`: the table's stream in; the sync log and frames to open sockets out.

use std::sync::Arc;

use bootstrap::{Aws, Clock, Random, Service, Settings, logs};
use credential::TenantCredentials;
use domain::{TenantId, Timestamp, time::TimeScale};
use frame::Poster;
use table::{Tables, TablesConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("push", &settings, clock.clone());
    let aws = Aws::new(&settings)?;
    settings.text("WS_ENDPOINT")?;
    let poster = Poster::new(&aws.config(Service::Connections), aws.connector());
    let app = &push::App::new(tables(&settings, &aws, clock.clone())?, poster, clock.clone());
    bootstrap::run_stream(clock, |records, budget| app.push(records, budget)).await
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

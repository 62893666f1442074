//! Lambda `quarantine`: every dead-letter queue in, entries of the table's ledger out.

use std::{sync::Arc, time::Duration};

use bootstrap::{Aws, Clock, Queue, Random, Service, Settings, logs};
use credential::TenantCredentials;
use domain::{TenantId, Timestamp, time::TimeScale};
use table::{Tables, TablesConfig};

/// Less than this is not worth starting a record in.
const LEAST: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("quarantine", &settings, clock.clone());
    let tables = tables(&settings, &Aws::new(&settings)?, clock.clone())?;
    let name = settings.optional("AWS_LAMBDA_FUNCTION_NAME").unwrap_or("quarantine").to_owned();
    let app = &quarantine::App { tables, clock: clock.clone(), name };
    bootstrap::run_batch(Queue::new(clock, LEAST), |record| app.take(record)).await
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

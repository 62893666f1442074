//! Lambda `connect`: the WebSocket API's events in; sockets, topics and answers out.

use std::sync::Arc;

use bootstrap::{Aws, Clock, Random, Service, Settings, logs};
use credential::TenantCredentials;
use domain::{TenantId, Timestamp, time::TimeScale};
use frame::Poster;
use queue::{Producer, Sqs};
use table::{Tables, TablesConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("connect", &settings, clock.clone());
    let aws = Aws::new(&settings)?;
    settings.text("WS_ENDPOINT")?;
    let app = &connect::App {
        tables: tables(&settings, &aws, clock.clone())?,
        poster: Poster::new(&aws.config(Service::Connections), aws.connector()),
        outbound: Producer::new(
            Sqs::new(&aws.config(Service::Sqs), aws.connector()),
            settings.text("OUTBOUND_QUEUE_URL")?,
        ),
        origin: settings.optional("PUBLIC_URL").map(str::to_owned),
        random: Random::system(),
        clock,
        rates: connect::SocketRates::default(),
    };
    bootstrap::run(|event, _| async move { Ok(app.serve(event).await) }).await
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

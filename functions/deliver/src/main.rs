//! Lambda `deliver`: queue `outbound` in, the channel's API out.

#![recursion_limit = "256"]

use std::sync::Arc;
use std::time::Duration;

use blob::Files;
use bootstrap::{Aws, Clock, Queue, Random, Retry, Service, Settings, SqsRecord, http, logs, run_batch};
use channel_meta::{Graph, probe::GraphAddress};
use channel_whatsapp::WhatsApp;
use credential::{Secrets, TenantCredentials, TenantSecrets};
use deliver::{App, Bucket, NoToken, Tokens};
use domain::{Account, IdKey, TenantCtx, Timestamp, time::TimeScale};
use queue::Outbound;
use serde::Deserialize;
use table::{Tables, TablesConfig};

/// A wake is not started with less than this left: a file, a call of the channel and its records.
const LEAST: Duration = Duration::from_secs(34);

/// Longest that a call of the channel may take.
const CALL: Duration = Duration::from_secs(8);

#[derive(Deserialize)]
struct KeptIdKey {
    key: String,
}

/// The tenants' access tokens.
struct Vault {
    tokens: TenantSecrets,
    clock: Clock,
}

impl Tokens for Vault {
    async fn access_token(&self, tenant: &TenantCtx, account: &Account) -> Result<String, NoToken> {
        let now = Timestamp::from_millis(self.clock.now());
        match self.tokens.access_token(tenant.id(), &account.id, account.credential, now).await {
            Ok(token) => token.map(|t| t.expose().clone()).ok_or(NoToken::Needed),
            Err(error) => {
                tracing::error!(tenant_id = %tenant.id(), channel_account_id = %account.id, why = %error, "no access token");
                Err(error.into())
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock, random) = (Settings::from_env(), Clock::system(), Random::system());
    logs::start("deliver", &settings, clock.clone());
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
        id_key: Some(id_key),
        scale: TimeScale::new(scale).unwrap_or(TimeScale::REAL),
        seed: u64::from_be_bytes(random.bytes()),
        meter: None,
    });
    let secrets = Secrets::new(aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager)));
    let address =
        GraphAddress { base_url: settings.text("META_GRAPH_BASE_URL")?, version: settings.text("META_GRAPH_VERSION")? };
    let client = http::channels(&settings, CALL)?;
    let files = Files {
        url: settings.text("FILES_URL")?,
        bucket: settings.text("BUCKET_NAME")?,
        region: settings.text("AWS_REGION")?,
    };
    let app = &App {
        tables,
        whatsapp: WhatsApp::new(Graph::new(client.clone(), address)),
        bucket: Bucket { client, files, tenants: Arc::clone(&tenants) },
        tokens: Vault {
            tokens: TenantSecrets::new(secrets, settings.text("TENANT_SECRET_PREFIX")?).as_tenant(tenants),
            clock: clock.clone(),
        },
        scale: TimeScale::new(scale).unwrap_or(TimeScale::REAL),
        clock: clock.clone(),
        random,
        name: settings.optional("AWS_LAMBDA_FUNCTION_NAME").unwrap_or("deliver").to_owned(),
    };
    let sqs = aws_sdk_sqs::Client::new(&aws.config(Service::Sqs));
    let queue = Queue::new(clock, LEAST).with_backoff(sqs, settings.text("OUTBOUND_QUEUE_URL")?, scale);
    run_batch(queue, |record: SqsRecord| async move {
        match serde_json::from_str::<Outbound>(&record.body) {
            Ok(Outbound::Wake(wake)) => Ok(app.deliver(&wake).await?),
            Ok(Outbound::Signal(signal)) => {
                app.signal(&signal).await;
                Ok(())
            }
            Err(_) => Err(Retry::because("the record is neither a wake nor a signal")),
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

//! Creates what a seed names and what is not there; it never overwrites.

use bootstrap::{Aws, Random, Service, Settings};
use credential::{Secrets, TenantSecrets};
use domain::time::TimeScale;
use domain::{Account, AccountId, AccountStatus, IdKey, TenantCtx, TenantId, Timestamp, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use table::{Membership, NewTenant, Person, PutRoute, Route, Standing, Tables, TablesConfig, TenantRecord};

use super::file::{Channel, MetaApp, SeedFile, TenantSeed};

/// Why a seed could not be applied, in one line.
#[derive(Debug, thiserror::Error)]
#[error("the seed cannot be applied: {0}")]
pub struct Failed(String);

/// Where it goes: the services that `settings` name, as the functions find them.
pub struct Target {
    tables: Tables,
    tokens: TenantSecrets,
    secrets: aws_sdk_secretsmanager::Client,
    webhook_secret: String,
    /// The install's own app, for the API; not written where it is not named.
    meta_app_secret: Option<String>,
    now: Timestamp,
}

#[derive(Deserialize)]
struct KeptIdKey {
    key: String,
}

impl Target {
    /// `settings` hold `TABLE_NAME`, `LIVE_TABLE_NAME`, `ID_KEY_SECRET_ID`, `WEBHOOK_SECRET_ID`, `TENANT_SECRET_PREFIX`, the region and
    /// credentials that may write them; `META_APP_SECRET_ID` too, where the install's app is to be known to the API.
    pub async fn open(settings: &Settings, now: Timestamp) -> Result<Self, Failed> {
        let aws = Aws::new(settings).map_err(failed)?;
        let secrets = aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager));
        let text = |name: &str| settings.text(name).map_err(failed);
        let kept: KeptIdKey =
            Secrets::new(secrets.clone()).json(&text("ID_KEY_SECRET_ID")?, now).await.map_err(failed)?;
        let mut key = [0; 32];
        hex::decode_to_slice(&kept.key, &mut key).map_err(failed)?;
        let tables = Tables::new(TablesConfig {
            truth: text("TABLE_NAME")?,
            live: text("LIVE_TABLE_NAME")?,
            client: aws_sdk_dynamodb::Client::new(&aws.config(Service::DynamoDb)),
            tenant_credentials: None,
            id_key: Some(IdKey::new(&key)),
            scale: TimeScale::REAL,
            seed: u64::from_be_bytes(Random::system().bytes()),
            meter: None,
        });
        let tokens = TenantSecrets::new(Secrets::new(secrets.clone()), text("TENANT_SECRET_PREFIX")?);
        let meta_app_secret = settings.optional("META_APP_SECRET_ID").map(str::to_owned);
        Ok(Self { tables, tokens, secrets, webhook_secret: text("WEBHOOK_SECRET_ID")?, meta_app_secret, now })
    }
}

fn failed(why: impl std::fmt::Display) -> Failed {
    Failed(why.to_string())
}

/// Creates what is missing: by slug, by e-mail address, by external id, by app id.
pub async fn apply(seed: &SeedFile, to: &Target) -> Result<(), Failed> {
    for operator in &seed.operators {
        person(to, &operator.email, &operator.name, &operator.password, true).await?;
    }
    let mut tenants = Vec::new();
    for tenant in &seed.tenants {
        let id = tenant_id(to, tenant).await?;
        users(to, &id, tenant).await?;
        for channel in &tenant.channels {
            connect(to, &id, channel).await?;
        }
        tenants.push((tenant.slug.clone(), id));
    }
    apps(to, &seed.meta_apps, &tenants).await?;
    own_app(to, &seed.meta_apps).await
}

async fn tenant_id(to: &Target, tenant: &TenantSeed) -> Result<TenantId, Failed> {
    let record = TenantRecord {
        id: TenantId::from_bytes(Random::system().bytes()),
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        locale: tenant.locale.clone(),
        time_zone: tenant.time_zone.clone(),
        standing: Standing::Active,
    };
    match to.tables.global().create_tenant(&record).await.map_err(failed)? {
        NewTenant::Created => Ok(record.id),
        NewTenant::Exists(known) => Ok(known.id),
    }
}

async fn users(to: &Target, tenant: &TenantId, seed: &TenantSeed) -> Result<(), Failed> {
    for user in &seed.users {
        let person = person(to, &user.email, &user.name, &user.password, false).await?;
        if person.memberships.iter().all(|m| m.tenant != *tenant) {
            let membership = Membership { tenant: tenant.clone(), slug: seed.slug.clone(), role: user.role };
            to.tables.global().add_membership(&person, &membership).await.map_err(failed)?;
        }
    }
    Ok(())
}

/// The person of this address, made if there is none.
async fn person(to: &Target, email: &str, name: &str, password: &str, operator: bool) -> Result<Person, Failed> {
    if let Some(known) = to.tables.global().login(email).await.map_err(failed)? {
        return Ok(known);
    }
    let person = Person {
        id: UserId::from_bytes(Random::system().bytes()),
        email: email.to_owned(),
        name: name.to_owned(),
        password_hash: api::auth::password::hash(password, Random::system().bytes()).map_err(failed)?,
        operator,
        memberships: Vec::new(),
    };
    to.tables.global().create_person(&person).await.map_err(failed)?;
    Ok(person)
}

/// An account, its token and its route, in the order in which a connect writes them.
async fn connect(to: &Target, tenant: &TenantId, channel: &Channel) -> Result<(), Failed> {
    let (name, external, token) = channel.basics();
    if to.tables.global().route(channel.kind(), external).await.map_err(failed)?.is_some() {
        return Ok(());
    }
    let (waba_id, display_phone_number) = match channel {
        Channel::Whatsapp { waba_id, display_phone_number, .. } => (waba_id.clone(), display_phone_number.clone()),
        Channel::Messenger { .. } | Channel::Instagram { .. } | Channel::Line { .. } => (None, None),
    };
    let account = Account {
        id: AccountId::from_bytes(Random::system().bytes()),
        channel: channel.kind(),
        name: name.to_owned(),
        external_id: external.to_owned(),
        status: AccountStatus::Active,
        health: None,
        waba_id,
        display_phone_number,
        credential: 1,
        throttled_until: None,
        read_receipts: true,
        asked_for: Vec::new(),
        created_at: to.now,
    };
    to.tokens.put_token(tenant, &account.id, account.credential, token).await.map_err(failed)?;
    let ctx = TenantCtx::of_session(tenant.clone());
    to.tables.tenant(&ctx).put_account(&account).await.map_err(failed)?;
    let route = Route { tenant: tenant.clone(), account: account.id };
    if let Some(waba_id) = &account.waba_id {
        let business = format!("{}{waba_id}", channel_whatsapp::BUSINESS_ACCOUNT);
        // Several numbers may be of one business account: the first hears of it.
        to.tables.global().put_route(channel.kind(), &business, &route).await.map_err(failed)?;
    }
    match to.tables.global().put_route(channel.kind(), external, &route).await.map_err(failed)? {
        PutRoute::Done => Ok(()),
        PutRoute::OtherTenant => Err(Failed(format!("the account {external} is another tenant's"))),
    }
}

/// Adds the apps that the webhook's secret does not know.
async fn apps(to: &Target, wanted: &[MetaApp], tenants: &[(String, TenantId)]) -> Result<(), Failed> {
    let kept = kept(to, &to.webhook_secret).await?;
    let mut apps = kept["apps"].as_array().cloned().unwrap_or_default();
    let before = apps.len();
    for app in wanted {
        if apps.iter().any(|known| known["app_id"] == app.app_id.as_str()) {
            continue;
        }
        let tenant = app.tenant.as_ref().and_then(|slug| tenants.iter().find(|(s, _)| s == slug)).map(|(_, id)| id);
        let secrets: Vec<&String> = app.app_secrets.iter().chain(&app.instagram_app_secrets).collect();
        apps.push(json!({ "app_id": app.app_id, "app_secrets": secrets, "verify_token": app.verify_token, "tenant_id": tenant }));
    }
    if apps.len() == before {
        return Ok(());
    }
    put(to, &to.webhook_secret, &json!({ "apps": apps })).await
}

/// The install's first app is the one that people log in to, if the API knows of none.
async fn own_app(to: &Target, wanted: &[MetaApp]) -> Result<(), Failed> {
    let own = wanted.iter().find(|app| app.tenant.is_none());
    let (Some(secret), Some(app)) = (&to.meta_app_secret, own) else { return Ok(()) };
    if !kept(to, secret).await?["app_id"].is_null() {
        return Ok(());
    }
    put(to, secret, &json!({ "app_id": app.app_id, "app_secrets": app.app_secrets })).await
}

async fn kept(to: &Target, secret: &str) -> Result<Value, Failed> {
    let got = to.secrets.get_secret_value().secret_id(secret).send().await;
    match got.ok().and_then(|got| got.secret_string) {
        Some(text) => serde_json::from_str(&text).map_err(failed),
        None => Ok(json!({})),
    }
}

async fn put(to: &Target, secret: &str, value: &Value) -> Result<(), Failed> {
    let put = to.secrets.put_secret_value().secret_id(secret).secret_string(value.to_string()).send().await;
    put.map(drop).map_err(|e| failed(aws_sdk_secretsmanager::error::DisplayErrorContext(&e)))
}

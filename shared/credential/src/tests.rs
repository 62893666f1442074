//! Secrets and sessions, from a Secrets Manager and an STS that remember and can be told not to answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::{AccountId, TenantId, Timestamp};
use serde_json::{Value, json};

use super::*;

#[derive(Clone, Default)]
struct Fake {
    secrets: Arc<Mutex<BTreeMap<String, String>>>,
    /// What was asked for: the operation, and the tenant's tag or the access key.
    asked: Arc<Mutex<Vec<String>>>,
    down: Arc<Mutex<bool>>,
}

impl Fake {
    async fn start(&self) -> String {
        let router = Router::new().route("/", post(answer)).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn set(&self, id: &str, text: &str) {
        self.secrets.lock().unwrap().insert(id.to_owned(), text.to_owned());
    }
}

async fn answer(State(fake): State<Fake>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    if *fake.down.lock().unwrap() {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    match headers.get("x-amz-target").and_then(|t| t.to_str().ok()).and_then(|t| t.split_once('.')) {
        Some((_, operation)) => {
            let signed = headers["authorization"].to_str().unwrap();
            let key = signed.split("Credential=").nth(1).unwrap().split('/').next().unwrap();
            fake.asked.lock().unwrap().push(format!("{operation} by {key}"));
            secret(&fake, operation, &serde_json::from_str(&body).unwrap())
        }
        None => (StatusCode::OK, session(&fake, &body)),
    }
}

fn secret(fake: &Fake, operation: &str, request: &Value) -> (StatusCode, String) {
    let mut secrets = fake.secrets.lock().unwrap();
    let id = request["SecretId"].as_str().or(request["Name"].as_str()).unwrap();
    match (operation, secrets.get(id)) {
        ("GetSecretValue", Some(text)) => (StatusCode::OK, json!({"Name": id, "SecretString": text}).to_string()),
        ("CreateSecret", None) | ("PutSecretValue", Some(_)) => {
            secrets.insert(id.to_owned(), request["SecretString"].as_str().unwrap().to_owned());
            (StatusCode::OK, json!({"Name": id}).to_string())
        }
        (_, None) => (StatusCode::BAD_REQUEST, json!({"__type": "ResourceNotFoundException"}).to_string()),
        (_, Some(_)) => (StatusCode::BAD_REQUEST, json!({"__type": "ResourceExistsException"}).to_string()),
    }
}

fn session(fake: &Fake, form: &str) -> String {
    let tag = form.split('&').find_map(|field| field.strip_prefix("Tags.member.1.Value=")).unwrap();
    fake.asked.lock().unwrap().push(format!("AssumeRole for {tag}"));
    let fields = format!(
        "<AccessKeyId>key-of-{tag}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2026-11-18T11:21:40Z</Expiration>"
    );
    let result = format!("<AssumeRoleResult><Credentials>{fields}</Credentials></AssumeRoleResult>");
    format!("<AssumeRoleResponse>{result}</AssumeRoleResponse>")
}

async fn begin() -> (Secrets, TenantCredentials, Fake, Arc<Mutex<Timestamp>>) {
    let fake = Fake::default();
    let endpoint = fake.start().await;
    let conf = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("own", "own", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(&endpoint);
    let secrets = Secrets::new(aws_sdk_secretsmanager::Client::from_conf(conf.build()));
    let conf = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("own", "own", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(&endpoint);
    // 11:06:40: the sessions above last for 15 minutes.
    let now = Arc::new(Mutex::new(Timestamp::from_millis(1_795_000_000_000)));
    let clock = Arc::clone(&now);
    let sts = aws_sdk_sts::Client::from_conf(conf.build());
    let tenants = TenantCredentials::new(sts, "role".to_owned(), move || *clock.lock().unwrap());
    (secrets, tenants, fake, now)
}

#[tokio::test]
async fn a_secret_is_read_once_a_minute_and_serves_stale_while_the_store_is_down() {
    let (secrets, _, fake, now) = begin().await;
    let start = *now.lock().unwrap();
    let at = |seconds| start.plus(Duration::from_secs(seconds));
    fake.set("keys", "old");
    let text = async |seconds| secrets.text("keys", at(seconds)).await.map(|t| t.to_string());
    assert_eq!(text(0).await, Ok("old".to_owned()));
    fake.set("keys", "new");
    assert_eq!(text(59).await, Ok("old".to_owned()));
    let refetched = secrets.refetched("keys", at(59)).await.map(|t| t.to_string());
    assert_eq!(refetched, Ok("new".to_owned()));
    assert_eq!(fake.asked().len(), 2);
    *fake.down.lock().unwrap() = true;
    assert_eq!(text(59 + 899).await, Ok("new".to_owned()));
    assert!(matches!(text(59 + 900).await, Err(SecretError::Unavailable(_))));
}

#[tokio::test]
async fn a_tenants_tokens_are_merged_and_asked_for_as_that_tenant() {
    let (secrets, tenants, fake, now) = begin().await;
    let now = *now.lock().unwrap();
    let tenant = TenantId::from_bytes([1; 10]);
    let [a, b] = [1, 2].map(|n| AccountId::from_bytes([n; 16]));
    let tokens = TenantSecrets::new(secrets, "tenant/".to_owned()).as_tenant(Arc::new(tenants));
    for (account, credential, token) in [(&a, 1, "a1"), (&b, 1, "b1"), (&a, 2, "a2")] {
        tokens.put_token(&tenant, account, credential, token).await.unwrap();
    }
    let token = async |account, credential| {
        let found = tokens.access_token(&tenant, account, credential, now).await.unwrap();
        found.map(|t| t.expose().clone())
    };
    let text = |t: &str| Some(t.to_owned());
    assert_eq!([token(&a, 1).await, token(&a, 2).await, token(&b, 1).await], [text("a1"), text("a2"), text("b1")]);
    assert_eq!(token(&a, 3).await, None);
    let asked = fake.asked();
    assert_eq!(asked.iter().filter(|a| a.starts_with("AssumeRole")).count(), 1);
    assert_eq!(asked.iter().filter(|a| a.ends_with("by own")).count(), 0);
}

#[tokio::test]
async fn a_token_that_the_account_names_is_found_also_right_after_another_was_read() {
    let (secrets, _, fake, now) = begin().await;
    let now = *now.lock().unwrap();
    let (tenant, account) = (TenantId::from_bytes([1; 10]), AccountId::from_bytes([1; 16]));
    let secret = |credential: u32, token: &str| {
        format!(r#"{{"accounts": {{"{account}": {{"access_token": "{token}", "credential": {credential}}}}}}}"#)
    };
    let tokens = TenantSecrets::new(secrets, "tenant/".to_owned());
    let token = async |credential| {
        let found = tokens.access_token(&tenant, &account, credential, now).await.unwrap();
        found.map(|t| t.expose().clone())
    };
    let id = format!("tenant/{tenant}");
    fake.set(&id, &secret(1, "dead"));
    assert_eq!(token(1).await, Some("dead".to_owned()));
    fake.set(&id, &secret(2, "reconnected"));
    assert_eq!(token(2).await, Some("reconnected".to_owned()));
}

#[tokio::test]
async fn what_is_forgotten_is_gone_and_the_rest_stays() {
    let (secrets, _, fake, now) = begin().await;
    let now = *now.lock().unwrap();
    let tenant = TenantId::from_bytes([1; 10]);
    let [a, b] = [1, 2].map(|n| AccountId::from_bytes([n; 16]));
    let tokens = TenantSecrets::new(secrets, "tenant/".to_owned());
    let token = async |account, credential| {
        let found = tokens.access_token(&tenant, account, credential, now).await.unwrap();
        found.map(|t| t.expose().clone())
    };
    let text = |t: &str| Some(t.to_owned());
    for (account, credential, kept) in [(&a, 1, "a1"), (&b, 1, "b1"), (&a, 2, "unfinished"), (&a, 2, "a2")] {
        tokens.put_token(&tenant, account, credential, kept).await.unwrap();
    }
    assert_eq!([token(&a, 1).await, token(&a, 2).await], [text("a1"), text("a2")], "a try again keeps the one in use");
    tokens.put_pin(&tenant, &a, Some("123456")).await.unwrap();
    tokens.forget_credential(&tenant, &a, 1).await.unwrap();
    assert_eq!([token(&a, 1).await, token(&a, 2).await], [None, text("a2")]);
    tokens.forget_token(&tenant, &a).await.unwrap();
    assert_eq!([token(&a, 2).await, token(&b, 1).await], [None, text("b1")]);
    let pin = async || tokens.pin(&tenant, &a).await.unwrap().map(|pin| pin.expose().clone());
    assert_eq!(pin().await, text("123456"));
    tokens.put_pin(&tenant, &a, None).await.unwrap();
    fake.asked();
    tokens.forget_token(&tenant, &a).await.unwrap();
    assert_eq!((pin().await, fake.asked().iter().any(|asked| asked.starts_with("Put"))), (None, false));
}

#[tokio::test]
async fn a_session_is_renewed_before_it_ends_and_lasts_until_then_while_sts_is_down() {
    let (_, tenants, fake, now) = begin().await;
    let tenant = TenantId::from_bytes([1; 10]);
    let key = async || tenants.of(&tenant).provide_credentials().await.map(|c| c.access_key_id().to_owned()).ok();
    let wait = |seconds| {
        let mut now = now.lock().unwrap();
        *now = now.plus(Duration::from_secs(seconds));
    };
    let expected = Some(format!("key-of-{tenant}"));
    assert_eq!([key().await, key().await], [expected.clone(), expected.clone()]);
    assert_eq!(fake.asked(), [format!("AssumeRole for {tenant}")]);
    wait(12 * 60 + 1);
    assert_eq!((key().await, fake.asked().len()), (expected.clone(), 1));
    *fake.down.lock().unwrap() = true;
    assert_eq!(key().await, expected);
    wait(3 * 60);
    assert_eq!(key().await, None);
}

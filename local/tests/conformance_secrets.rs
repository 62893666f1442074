//! Secrets Manager as the real SDK meets it: a secret's whole life, and STS, whose sessions carry the tenant.

#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

mod conformance;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Region, retry::RetryConfig};
use local::aws::{Data, secrets, sts};

use conformance::{Clock, Folder, code, credentials, http, serve};

const NAME: &str = "switchboard/tenant/t1";

async fn open(data: &Data) -> Client {
    let service = secrets::Secrets::open(data, Clock::standing().now()).unwrap();
    let config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials())
        .http_client(http())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(serve(secrets::router(service)).await);
    Client::from_conf(config.build())
}

async fn value(client: &Client, stage: &str) -> Option<String> {
    let get = client.get_secret_value().secret_id(NAME).version_stage(stage).send().await;
    get.ok().and_then(|got| got.secret_string)
}

#[tokio::test]
async fn a_secret_lives_through_its_versions() {
    let client = open(&Data::Memory).await;
    let missing = client.get_secret_value().secret_id(NAME).send().await.unwrap_err().into_service_error();
    assert!(missing.is_resource_not_found_exception(), "{missing:?}");
    let created = client.create_secret().name(NAME).secret_string("one").send().await.unwrap();
    let arn = created.arn().unwrap();
    assert!(arn.starts_with("arn:aws:secretsmanager:us-east-1:000000000000:secret:switchboard/tenant/t1"), "{arn}");
    let again = client.create_secret().name(NAME).secret_string("other").send().await.unwrap_err().into_service_error();
    assert!(again.is_resource_exists_exception(), "{again:?}");

    let put = client.put_secret_value().secret_id(arn).secret_string("two").send().await.unwrap();
    assert_eq!(put.version_stages(), ["AWSCURRENT"]);
    assert_eq!(value(&client, "AWSCURRENT").await.as_deref(), Some("two"));
    assert_eq!(value(&client, "AWSPREVIOUS").await.as_deref(), Some("one"));
    let by_version = client.get_secret_value().secret_id(arn).set_version_id(created.version_id.clone());
    assert_eq!(by_version.send().await.unwrap().secret_string(), Some("one"));

    client.update_secret().secret_id(NAME).secret_string("three").send().await.unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await.as_deref(), Some("three"));
    assert_eq!(value(&client, "AWSPREVIOUS").await.as_deref(), Some("two"));
    let described = client.describe_secret().secret_id(NAME).send().await.unwrap();
    assert_eq!((described.name(), described.version_ids_to_stages().map(|v| v.len())), (Some(NAME), Some(3)));
    let listed = client.list_secrets().send().await.unwrap();
    let names: Vec<_> = listed.secret_list().iter().filter_map(|s| s.name()).collect();
    assert_eq!(names, [NAME]);

    client.delete_secret().secret_id(NAME).recovery_window_in_days(7).send().await.unwrap();
    let deleted = client.get_secret_value().secret_id(NAME).send().await.unwrap_err().into_service_error();
    assert!(deleted.is_invalid_request_exception(), "{deleted:?}");
    client.restore_secret().secret_id(NAME).send().await.unwrap();
    assert_eq!(value(&client, "AWSCURRENT").await.as_deref(), Some("three"));
}

#[tokio::test]
async fn the_same_token_puts_the_same_version_once() {
    let client = open(&Data::Memory).await;
    client.create_secret().name(NAME).secret_string("one").send().await.unwrap();
    let token = "7d3b5f60-8b1c-4bfb-a1a5-3c2d3e4f5a6b";
    let put =
        |text: &str| client.put_secret_value().secret_id(NAME).client_request_token(token).secret_string(text).send();
    let first = put("two").await.unwrap();
    let repeat = put("two").await.unwrap();
    assert_eq!((first.version_id(), repeat.version_id()), (Some(token), Some(token)));
    assert_eq!(value(&client, "AWSPREVIOUS").await.as_deref(), Some("one"));
    assert_eq!(code!(put("other").await).as_deref(), Some("ResourceExistsException"));
}

#[tokio::test]
async fn a_secret_outlives_the_process() {
    let folder = Folder::new("secrets");
    let data = Data::Dir(folder.path().to_owned());
    let before = open(&data).await;
    before.create_secret().name(NAME).secret_string("one").send().await.unwrap();
    // The first one dies where it stands: nothing of it is closed or flushed.
    let after = open(&data).await;
    assert_eq!(value(&after, "AWSCURRENT").await.as_deref(), Some("one"));
}

#[tokio::test]
async fn an_assumed_role_carries_its_tenant_until_it_expires() {
    let clock = Clock::standing();
    let service = sts::Sts::open(&Data::Memory, clock.now()).unwrap();
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials())
        .http_client(http())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(serve(sts::router(service.clone())).await);
    let client = aws_sdk_sts::Client::from_conf(config.build());
    let role = "arn:aws:iam::000000000000:role/tenant";
    let tag = aws_sdk_sts::types::Tag::builder().key("tenant").value("t1").build().unwrap();
    let assume = client.assume_role().role_arn(role).role_session_name("ingest").duration_seconds(900).tags(tag);
    let session = assume.send().await.unwrap().credentials.unwrap();

    let principal = service.resolve(session.session_token()).expect("a session that was just given");
    assert_eq!((principal.role_arn.as_str(), principal.tags["tenant"].as_str()), (role, "t1"));
    let mut forged = session.session_token().to_owned();
    forged.insert(forged.len() / 2, 'x');
    assert!(service.resolve(&forged).is_none());
    clock.move_on(std::time::Duration::from_secs(900));
    assert!(service.resolve(session.session_token()).is_none());
}

//! The doors of the services as the real SDK meets them: a session is let in for what its role may, and no further.

#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

mod conformance;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_sqs::config::{BehaviorVersion, Region, retry::RetryConfig};
use local::aws::{Data, secrets, sqs, sts};
use local::iam::{Doorkeeper, Guard, Service};
use local::template::{Addresses, Template, role_arn};

use conformance::{Clock, code, http, serve};

/// Services behind their doors, by the roles of the real template.
struct Stage {
    template: Template,
    sts: sts::Sts,
    sqs: sqs::Sqs,
    keeper: Doorkeeper,
}

impl Stage {
    fn new() -> Self {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml")).unwrap();
        let here = "http://127.0.0.1:1".to_owned();
        let open = ["PublicUrl", "WsUrl", "WsEndpoint", "MetaGraphBaseUrl"];
        let parameters = open.into_iter().map(|name| (name.to_owned(), here.clone())).collect();
        let template = Template::read(&text, &parameters, Addresses { sqs: here.clone(), gateway: here }).unwrap();
        let now = Clock::standing().now();
        let sts = sts::Sts::open(&Data::Memory, now.clone()).unwrap();
        let guard = Arc::new(Guard::new(&template));
        let keeper = Doorkeeper { guard, sts: sts.clone(), host: role_arn("local-host") };
        Self { template, sts, sqs: sqs::Sqs::open(&Data::Memory, now).unwrap(), keeper }
    }

    fn session(&self, function: &str) -> Credentials {
        let role = &self.template.functions[function].role;
        let issued = self.sts.issue(role, BTreeMap::new(), Duration::from_secs(60));
        let token = Some(issued.session_token);
        Credentials::new(issued.access_key_id, issued.secret_access_key, token, None, "test")
    }

    async fn queues(&self, session: Credentials) -> aws_sdk_sqs::Client {
        let url = serve(self.keeper.before(Service::Sqs, sqs::router(self.sqs.clone()))).await;
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(session)
            .http_client(http())
            .retry_config(RetryConfig::disabled())
            .endpoint_url(url);
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    async fn sessions(&self, session: Credentials) -> aws_sdk_sts::Client {
        let url = serve(self.keeper.before(Service::Sts, sts::router(self.sts.clone()))).await;
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(session)
            .http_client(http())
            .retry_config(RetryConfig::disabled())
            .endpoint_url(url);
        aws_sdk_sts::Client::from_conf(config.build())
    }
}

#[tokio::test]
async fn a_function_sends_to_its_own_queue_alone() {
    let stage = Stage::new();
    for queue in &stage.template.queues {
        stage.sqs.create_queue(&queue.name, queue.attributes.clone()).await.unwrap();
    }
    let outbound = stage.template.queues.iter().find(|queue| queue.name.ends_with("-outbound")).unwrap();
    let send = async |session: Credentials| {
        let client = stage.queues(session).await;
        code!(client.send_message().queue_url(stage.sqs.url(&outbound.name)).message_body("m").send().await)
    };
    assert_eq!(send(stage.session("Relay")).await, None);
    assert_eq!(send(stage.session("Webhook")).await.as_deref(), Some("AccessDenied"));
    let forged = Credentials::new("ASIA0", "secret", Some("forged.token".to_owned()), None, "test");
    assert_eq!(send(forged).await.as_deref(), Some("InvalidClientTokenId"));
    assert_eq!(stage.sqs.figures()[&outbound.name].visible, 1);
}

#[tokio::test]
async fn the_tenants_role_is_handed_to_those_it_trusts() {
    let stage = Stage::new();
    let tenant = &stage.template.functions["Ingest"].environment["TENANT_ROLE_ARN"];
    let tag = aws_sdk_sts::types::Tag::builder().key("tenant").value("aaaaaaaaaaaaaaaa").build().unwrap();
    for (function, refusal) in [("Ingest", None), ("Relay", Some("AccessDenied"))] {
        let client = stage.sessions(stage.session(function)).await;
        let assumed = client.assume_role().role_arn(tenant).role_session_name("s").tags(tag.clone()).send().await;
        assert_eq!(code!(assumed).as_deref(), refusal, "{function}");
    }
}

#[tokio::test]
async fn a_secret_is_read_by_whose_role_may() {
    let stage = Stage::new();
    let service = secrets::Secrets::open(&Data::Memory, Clock::standing().now()).unwrap();
    let name = &stage.template.functions["Webhook"].environment["WEBHOOK_SECRET_ID"];
    service.put_if_absent(name.rsplit(":secret:").next().unwrap(), "{}").await;
    let url = serve(stage.keeper.before(Service::SecretsManager, secrets::router(service))).await;
    for (function, refusal) in [("Webhook", None), ("Relay", Some("AccessDeniedException"))] {
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(stage.session(function))
            .http_client(http())
            .endpoint_url(&url);
        let client = aws_sdk_secretsmanager::Client::from_conf(config.build());
        assert_eq!(code!(client.get_secret_value().secret_id(name).send().await).as_deref(), refusal, "{function}");
    }
}

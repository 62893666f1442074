//! Lambda `webhook`: the route `/webhooks/…` in, queue `inbound` out.

#![recursion_limit = "256"]

use blob::Blobs;
use bootstrap::{Aws, Clock, Service, Settings, logs};
use credential::Secrets;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use queue::{Producer, Sqs};
use webhook::{App, Apps, Event, Source};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("webhook", &settings, clock.clone());
    let aws = Aws::new(&settings)?;
    let apps = match settings.optional("WEBHOOK_SECRET_ID") {
        Some(id) => {
            let client = aws_sdk_secretsmanager::Client::new(&aws.config(Service::SecretsManager));
            Apps::new(Source::Secret { secrets: Secrets::new(client), id: id.to_owned() })
        }
        None => Apps::fixed(&settings.text("APP_SECRET")?)?,
    };
    let sqs = Sqs::new(&aws.config(Service::Sqs), aws.connector());
    let s3 = aws_sdk_s3::Client::new(&aws.config(Service::S3));
    let bucket = settings.optional("BUCKET_NAME").unwrap_or_default().to_owned();
    let inbound = Producer::new(sqs, settings.text("INBOUND_QUEUE_URL")?);
    let app = &App { apps, inbound, blobs: Blobs::new(s3, bucket), clock };
    lambda_runtime::run(service_fn(|event: LambdaEvent<Event>| async move {
        Ok::<_, Error>(app.answer(&event.payload).await)
    }))
    .await
}

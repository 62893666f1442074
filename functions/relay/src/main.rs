//! Lambda `relay`: the table's stream in, wakes on queue `outbound` and jobs on queue `media` out.

use bootstrap::{Aws, Clock, Service, Settings, logs};
use queue::{Producer, Sqs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("relay", &settings, clock.clone());
    let aws = Aws::new(&settings)?;
    let sqs = Sqs::new(&aws.config(Service::Sqs), aws.connector());
    let queue = |name| settings.text(name).map(|url| Producer::new(sqs.clone(), url));
    let (outbound, media) = (queue("OUTBOUND_QUEUE_URL")?, queue("MEDIA_QUEUE_URL")?);
    let app = &relay::App { outbound, media, clock: clock.clone() };
    bootstrap::run_stream(clock, |records, _| app.relay(records)).await
}

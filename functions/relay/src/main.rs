//! Lambda `relay`: the table's stream in, wakes on queue `outbound` out.

use bootstrap::{Aws, Clock, Service, Settings, logs};
use queue::Producer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (settings, clock) = (Settings::from_env(), Clock::system());
    logs::start("relay", &settings, clock.clone());
    let sqs = aws_sdk_sqs::Client::new(&Aws::new(&settings)?.config(Service::Sqs));
    let app = &relay::App { outbound: Producer::new(sqs, settings.text("OUTBOUND_QUEUE_URL")?), clock: clock.clone() };
    bootstrap::run_stream(clock, |records, _| app.relay(records)).await
}

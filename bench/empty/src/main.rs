//! A Lambda function that does nothing: what the runtime itself costs.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let nothing = async |_: LambdaEvent<Box<RawValue>>| Ok::<_, Error>(());
    lambda_runtime::run(service_fn(nothing)).await
}

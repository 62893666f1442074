//! The samples in `events/`, by the API that `cargo lambda invoke` asks.

use std::path::Path;

use scenes::Stage;
use serde_json::Value;

#[tokio::test]
async fn every_function_takes_each_of_its_samples() {
    let stage = Stage::with_simulator().await;
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut taken = 0;
    for function in samples.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let name = function.file_name().unwrap().to_str().unwrap().to_owned();
        for sample in function.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            let address = format!("{}/2015-03-31/functions/{name}/invocations", stage.gateway());
            let event = std::fs::read(&sample).unwrap();
            let answer = stage.client.post(address).body(event).send().await.unwrap();
            let failed = answer.headers().contains_key("x-amz-function-error");
            let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
            assert_eq!((status, failed), (200, false), "{}: {body}", sample.display());
            taken += 1;
        }
    }
    assert!(taken >= 10, "{taken}");
    stage.end().await;
}

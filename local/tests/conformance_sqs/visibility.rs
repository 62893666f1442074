//! Who has a message, and for how long nobody else sees it.

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry as Change, MessageSystemAttributeName as System,
    QueueAttributeName as Attribute,
};

use crate::conformance::code;
use crate::stage::{Stage, bodies, told};

#[tokio::test]
async fn what_is_received_is_hidden_until_its_time_is_over() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[(Attribute::VisibilityTimeout, "30")]).await;
    stage.send(&url, "m").await;
    let first = stage.receive(&url).await.remove(0);
    stage.seconds_pass(29);
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
    stage.seconds_pass(1);
    let second = stage.receive(&url).await.remove(0);
    assert_eq!(told(&second, System::ApproximateReceiveCount), Some("2"));
    assert_eq!(
        told(&second, System::ApproximateFirstReceiveTimestamp),
        told(&first, System::ApproximateFirstReceiveTimestamp)
    );
    assert_ne!(second.receipt_handle(), first.receipt_handle());
}

#[tokio::test]
async fn whoever_has_a_message_may_keep_it_longer_or_give_it_back() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[(Attribute::VisibilityTimeout, "30")]).await;
    stage.send(&url, "m").await;
    let handle = stage.receive(&url).await.remove(0).receipt_handle.unwrap();
    let hide = |seconds| {
        stage.client.change_message_visibility().queue_url(&url).receipt_handle(&handle).visibility_timeout(seconds)
    };
    hide(120).send().await.unwrap();
    stage.seconds_pass(119);
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
    let entry = Change::builder().id("a").receipt_handle(&handle).visibility_timeout(0).build().unwrap();
    stage.client.change_message_visibility_batch().queue_url(&url).entries(entry).send().await.unwrap();
    assert_eq!(bodies(&stage.receive(&url).await), ["m"]);
    // Another has it now.
    assert!(code!(hide(0).send().await).is_some());
    assert_eq!(code!(hide(43_201).send().await).as_deref(), Some("InvalidParameterValue"));
}

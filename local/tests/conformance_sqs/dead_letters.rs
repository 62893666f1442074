//! What fails too often.

use aws_sdk_sqs::types::MessageSystemAttributeName as System;

use crate::stage::{Stage, bodies, told};

#[tokio::test]
async fn what_fails_too_often_goes_to_the_dead_letters_as_it_is() {
    let stage = Stage::new().await;
    let (url, dead) = stage.with_dead_letters("outbound", false, 2).await;
    let id = stage.send(&url, "poison").await;
    for _ in 0..2 {
        assert_eq!(bodies(&stage.receive(&url).await), ["poison"]);
        stage.seconds_pass(30);
    }
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
    let buried = stage.receive(&dead).await.remove(0);
    assert_eq!(buried.message_id(), Some(id.as_str()));
    assert_eq!(told(&buried, System::DeadLetterQueueSourceArn), Some("arn:aws:sqs:us-east-1:000000000000:outbound"));
    // A standard queue's dead letter keeps its age: its retention counts from when it was first sent.
    assert_eq!(told(&buried, System::SentTimestamp), Some("1795000000000"));
}

#[tokio::test]
async fn a_dead_fifo_message_starts_anew_and_frees_its_group() {
    let stage = Stage::new().await;
    let (url, dead) = stage.with_dead_letters("inbound", true, 1).await;
    let id = stage.send_in(&url, "g", "poison").await;
    stage.send_in(&url, "g", "next").await;
    let one = stage.client.receive_message().queue_url(&url).send().await.unwrap();
    assert_eq!(bodies(one.messages()), ["poison"]);
    stage.seconds_pass(30);
    assert_eq!(bodies(&stage.receive(&url).await), ["next"]);
    let buried = stage.receive(&dead).await.remove(0);
    assert_eq!(told(&buried, System::MessageDeduplicationId), Some(id.as_str()));
    assert_eq!(told(&buried, System::MessageGroupId), Some("g"));
    assert_eq!(told(&buried, System::SentTimestamp), Some("1795000030000"));
}

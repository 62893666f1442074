//! A repeat is the same message, for five minutes.

use aws_sdk_sqs::types::{MessageSystemAttributeName as System, QueueAttributeName as Attribute};
use local::aws::Data;

use crate::conformance::{Clock, Folder};
use crate::stage::{Stage, bodies, told};

#[tokio::test]
async fn a_repeat_within_five_minutes_is_the_same_message() {
    let stage = Stage::new().await;
    let url = stage.fifo("q.fifo", &[]).await;
    let first = stage.send_in(&url, "g", "event-1").await;
    let received = stage.receive(&url).await;
    stage.delete(&url, &received[0]).await;
    stage.seconds_pass(299);
    // Deleted, yet still known; and the queue is the scope, so another group's is the same.
    assert_eq!(stage.send_in(&url, "h", "event-1").await, first);
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
    stage.seconds_pass(1);
    assert_ne!(stage.send_in(&url, "g", "event-1").await, first);
    assert_eq!(bodies(&stage.receive(&url).await), ["event-1"]);
}

#[tokio::test]
async fn a_high_throughput_queue_tells_repeats_by_group_and_content() {
    let stage = Stage::new().await;
    let high = [
        (Attribute::DeduplicationScope, "messageGroup"),
        (Attribute::FifoThroughputLimit, "perMessageGroupId"),
        (Attribute::ContentBasedDeduplication, "true"),
    ];
    let url = stage.fifo("q.fifo", &high).await;
    for group in ["a", "b", "a"] {
        stage.client.send_message().queue_url(&url).message_body("same").message_group_id(group).send().await.unwrap();
    }
    let mut groups: Vec<_> =
        stage.receive(&url).await.iter().map(|m| told(m, System::MessageGroupId).unwrap().to_owned()).collect();
    groups.sort();
    assert_eq!(groups, ["a", "b"]);
}

#[tokio::test]
async fn a_repeat_is_known_across_a_restart() {
    let folder = Folder::new("sqs-repeat");
    let (data, clock) = (Data::Dir(folder.path().to_owned()), Clock::standing());
    let before = Stage::on(&data, clock.clone()).await;
    let first = before.send_in(&before.fifo("q.fifo", &[]).await, "g", "1").await;
    let after = Stage::on(&data, clock).await;
    let url = after.fifo("q.fifo", &[]).await;
    assert_eq!(after.send_in(&url, "g", "1").await, first);
    after.seconds_pass(300);
    assert_ne!(after.send_in(&url, "g", "1").await, first);
}

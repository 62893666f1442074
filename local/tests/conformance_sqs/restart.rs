//! What a `kill -9` leaves.

use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use local::aws::Data;

use crate::conformance::{Clock, Folder};
use crate::stage::{Stage, bodies};

#[tokio::test]
async fn what_was_answered_outlives_the_process() {
    let folder = Folder::new("sqs");
    let (data, clock) = (Data::Dir(folder.path().to_owned()), Clock::standing());
    let before = Stage::on(&data, clock.clone()).await;
    let url = before.fifo("q.fifo", &[(Attribute::VisibilityTimeout, "90")]).await;
    for id in ["1", "2", "3"] {
        before.send_in(&url, "g", id).await;
    }
    let one = before.client.receive_message().queue_url(&url).send().await.unwrap();
    before.delete(&url, &one.messages()[0]).await;
    // Written after the deletion, so that both are kept once it is answered. The first process then dies where it stands:
    // nothing of it is closed or flushed, the second sees the file as a `kill -9` leaves it.
    before.send_in(&url, "g", "4").await;

    let after = Stage::on(&data, clock).await;
    let url = after.client.get_queue_url().queue_name("q.fifo").send().await.unwrap().queue_url.unwrap();
    assert_eq!(after.attribute(&url, Attribute::VisibilityTimeout).await, "90");
    assert_eq!(bodies(&after.receive(&url).await), ["2", "3", "4"]);
}

#[tokio::test]
async fn tags_and_a_task_under_way_go_on() {
    let folder = Folder::new("sqs-task");
    let (data, clock) = (Data::Dir(folder.path().to_owned()), Clock::standing());
    let before = Stage::on(&data, clock.clone()).await;
    let (url, dead) = before.with_dead_letters("outbound", false, 1).await;
    before.client.tag_queue().queue_url(&url).tags("room", "outbound").send().await.unwrap();
    before.send(&url, "m").await;
    before.receive(&url).await;
    before.seconds_pass(30);
    before.receive(&url).await;
    let source = before.attribute(&dead, Attribute::QueueArn).await;
    let start = before.client.start_message_move_task().source_arn(&source).max_number_of_messages_per_second(1);
    start.send().await.unwrap();

    let after = Stage::on(&data, clock).await;
    let url = after.client.get_queue_url().queue_name("outbound").send().await.unwrap().queue_url.unwrap();
    let tags = after.client.list_queue_tags().queue_url(&url).send().await.unwrap().tags.unwrap();
    assert_eq!(tags["room"], "outbound");
    after.seconds_pass(1);
    assert_eq!(bodies(&after.receive(&url).await), ["m"]);
}

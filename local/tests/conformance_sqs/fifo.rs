//! Order within a group.

use aws_sdk_sqs::types::{MessageSystemAttributeName as System, QueueAttributeName as Attribute};

use crate::conformance::code;
use crate::stage::{Stage, bodies, told};

#[tokio::test]
async fn a_group_with_a_message_in_flight_gives_nothing_else() {
    let stage = Stage::new().await;
    let url = stage.fifo("q.fifo", &[]).await;
    for (group, id) in [("a", "a0"), ("a", "a1"), ("b", "b0"), ("a", "a2")] {
        stage.send_in(&url, group, id).await;
    }
    let one = async || {
        let messages =
            stage.client.receive_message().queue_url(&url).send().await.unwrap().messages.unwrap_or_default();
        messages.into_iter().next()
    };
    let (a0, b0) = (one().await.unwrap(), one().await.unwrap());
    assert_eq!((a0.body(), b0.body(), one().await), (Some("a0"), Some("b0"), None));
    stage.delete(&url, &b0).await;
    assert_eq!(one().await, None);
    stage.delete(&url, &a0).await;
    assert_eq!(bodies(&stage.receive(&url).await), ["a1", "a2"]);
}

#[tokio::test]
async fn a_group_comes_again_from_its_first_message_when_nobody_answered() {
    let stage = Stage::new().await;
    let url = stage.fifo("q.fifo", &[(Attribute::VisibilityTimeout, "30")]).await;
    for id in ["1", "2", "3"] {
        stage.send_in(&url, "g", id).await;
    }
    let first = stage.receive(&url).await;
    assert_eq!(bodies(&first), ["1", "2", "3"]);
    let sequence: Vec<_> = first.iter().map(|m| told(m, System::SequenceNumber).unwrap().to_owned()).collect();
    assert!(sequence.is_sorted() && sequence.iter().all(|s| s.len() == 20), "{sequence:?}");
    stage.delete(&url, &first[0]).await;
    stage.seconds_pass(30);
    assert_eq!(bodies(&stage.receive(&url).await), ["2", "3"]);
}

#[tokio::test]
async fn a_fifo_queue_refuses_what_it_cannot_order() {
    let stage = Stage::new().await;
    let url = stage.fifo("q.fifo", &[]).await;
    let message = || stage.client.send_message().queue_url(&url).message_body("m");
    assert_eq!(code!(message().message_deduplication_id("1").send().await).as_deref(), Some("MissingParameter"));
    assert_eq!(code!(message().message_group_id("g").send().await).as_deref(), Some("InvalidParameterValue"));
    let delayed = message().message_group_id("g").message_deduplication_id("1").delay_seconds(5);
    assert_eq!(code!(delayed.send().await).as_deref(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn only_the_newest_receipt_deletes() {
    let stage = Stage::new().await;
    let url = stage.fifo("q.fifo", &[]).await;
    stage.send_in(&url, "g", "m").await;
    let stale = stage.receive(&url).await.remove(0);
    stage.seconds_pass(30);
    let newest = stage.receive(&url).await.remove(0);
    let late = stage.client.delete_message().queue_url(&url).receipt_handle(stale.receipt_handle().unwrap());
    assert_eq!(code!(late.send().await).as_deref(), Some("InvalidParameterValue"));
    assert_eq!(stage.attribute(&url, Attribute::ApproximateNumberOfMessagesNotVisible).await, "1");
    stage.delete(&url, &newest).await;
    stage.seconds_pass(30);
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_receipt_whose_time_is_over_deletes_nothing() {
    let stage = Stage::new().await;
    let url = stage.fifo("q.fifo", &[]).await;
    stage.send_in(&url, "g", "m").await;
    let late = stage.receive(&url).await.remove(0);
    stage.seconds_pass(30);
    let delete = || stage.client.delete_message().queue_url(&url).receipt_handle(late.receipt_handle().unwrap());
    assert_eq!(code!(delete().send().await).as_deref(), Some("InvalidParameterValue"));
    let again = stage.receive(&url).await.remove(0);
    stage.delete(&url, &again).await;
    // There is nothing left that it could delete: said twice, it is done.
    assert_eq!(code!(delete().send().await), None);
}

//! Queues themselves: made, found, described, tagged, counted.

use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use local::aws::sqs;

use crate::conformance::code;
use crate::stage::Stage;

#[tokio::test]
async fn a_queue_is_created_once_and_found_by_its_name() {
    let stage = Stage::new().await;
    let url = stage.queue("outbound", &[(Attribute::VisibilityTimeout, "60")]).await;
    assert_eq!(stage.queue("outbound", &[(Attribute::VisibilityTimeout, "60")]).await, url);
    let found = stage.client.get_queue_url().queue_name("outbound").send().await.unwrap();
    assert_eq!(found.queue_url(), Some(url.as_str()));
    let listed = stage.client.list_queues().queue_name_prefix("out").send().await.unwrap();
    assert_eq!(listed.queue_urls(), std::slice::from_ref(&url));
    assert_eq!(stage.attribute(&url, Attribute::QueueArn).await, "arn:aws:sqs:us-east-1:000000000000:outbound");

    let misnamed = stage.client.create_queue().queue_name("inbound").attributes(Attribute::FifoQueue, "true");
    assert!(code!(misnamed.send().await).is_some());
    let nowhere = stage.client.send_message().queue_url(url.replace("outbound", "nowhere")).message_body("?");
    let fault = nowhere.send().await.unwrap_err().into_service_error();
    assert!(fault.is_queue_does_not_exist(), "{fault:?}");
}

#[tokio::test]
async fn a_queue_is_not_created_again_with_other_attributes() {
    let stage = Stage::new().await;
    stage.queue("outbound", &[(Attribute::VisibilityTimeout, "60")]).await;
    let other = stage.client.create_queue().queue_name("outbound").attributes(Attribute::VisibilityTimeout, "61");
    let fault = other.send().await.unwrap_err().into_service_error();
    assert!(fault.is_queue_name_exists(), "{fault:?}");
    // What was never set counts too; and whoever asks for less than is set gets the queue as it is.
    let unset = stage.client.create_queue().queue_name("outbound").attributes(Attribute::DelaySeconds, "1");
    assert_eq!(code!(unset.send().await).as_deref(), Some("QueueAlreadyExists"));
    let url = stage.queue("outbound", &[(Attribute::DelaySeconds, "0")]).await;
    assert_eq!(stage.attribute(&url, Attribute::VisibilityTimeout).await, "60");
}

#[tokio::test]
async fn a_queue_counts_what_it_holds() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    for body in ["1", "2", "3"] {
        stage.send(&url, body).await;
    }
    stage.client.receive_message().queue_url(&url).send().await.unwrap();
    stage.seconds_pass(7);
    let counts = (
        stage.attribute(&url, Attribute::ApproximateNumberOfMessages).await,
        stage.attribute(&url, Attribute::ApproximateNumberOfMessagesNotVisible).await,
        stage.sqs.figures()["q"].oldest_ms,
    );
    assert_eq!(counts, ("2".to_owned(), "1".to_owned(), 7_000));
    stage.client.purge_queue().queue_url(&url).send().await.unwrap();
    assert_eq!(stage.sqs.figures()["q"], sqs::Figures::default());
}

#[tokio::test]
async fn an_attribute_can_be_set() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    let set = stage.client.set_queue_attributes().queue_url(&url);
    set.attributes(Attribute::VisibilityTimeout, "90").send().await.unwrap();
    assert_eq!(stage.attribute(&url, Attribute::VisibilityTimeout).await, "90");
}

#[tokio::test]
async fn a_tag_can_be_read() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    stage.client.tag_queue().queue_url(&url).tags("room", "outbound").send().await.unwrap();
    stage.client.tag_queue().queue_url(&url).tags("stage", "test").send().await.unwrap();
    let tags = async || stage.client.list_queue_tags().queue_url(&url).send().await.unwrap().tags;
    let of = |all: &[(&str, &str)]| Some(all.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect());
    assert_eq!(tags().await, of(&[("room", "outbound"), ("stage", "test")]));
    stage.client.untag_queue().queue_url(&url).tag_keys("stage").send().await.unwrap();
    assert_eq!(tags().await, of(&[("room", "outbound")]));
}

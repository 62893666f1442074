//! One message: what of it is kept, how large it may be, how long it waits.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeName as System, QueueAttributeName as Attribute,
};

use crate::conformance::code;
use crate::stage::{Stage, bodies, told};

#[tokio::test]
async fn a_message_comes_out_as_it_went_in() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    let value = MessageAttributeValue::builder().data_type("String").string_value("00-abc").build().unwrap();
    let sent =
        stage.client.send_message().queue_url(&url).message_body("สวัสดี 🍎").message_attributes("trace", value.clone());
    let sent = sent.send().await.unwrap();

    let receive = stage.client.receive_message().queue_url(&url).message_attribute_names("All");
    let received = receive.message_system_attribute_names(System::All).send().await.unwrap().messages.unwrap();
    let [message] = &received[..] else { panic!("one message, not {received:?}") };
    assert_eq!((message.message_id(), message.body()), (sent.message_id(), Some("สวัสดี 🍎")));
    assert_eq!(
        (message.md5_of_body(), sent.md5_of_message_body()),
        (sent.md5_of_message_body(), message.md5_of_body())
    );
    assert_eq!(message.md5_of_message_attributes(), sent.md5_of_message_attributes());
    // Worked out by hand from AWS's description of the algorithm.
    assert_eq!(sent.md5_of_message_attributes(), Some(md5_of_one("trace", "String", "00-abc").as_str()));
    assert_eq!(message.message_attributes(), Some(&HashMap::from([("trace".to_owned(), value)])));
    assert_eq!(told(message, System::ApproximateReceiveCount), Some("1"));
    assert_eq!(told(message, System::SentTimestamp), Some("1795000000000"));
    assert_eq!(told(message, System::ApproximateFirstReceiveTimestamp), Some("1795000000000"));
}

/// [How](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation)
fn md5_of_one(name: &str, data_type: &str, text: &str) -> String {
    use md5::Digest;
    let length = |s: &str| u32::try_from(s.len()).unwrap().to_be_bytes();
    let mut all = md5::Md5::new();
    for part in [name, data_type] {
        all.update(length(part));
        all.update(part);
    }
    all.update([1]);
    all.update(length(text));
    all.update(text);
    hex::encode(all.finalize())
}

#[tokio::test]
async fn a_message_of_a_mebibyte_is_taken_and_one_byte_more_is_not() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    let largest = "x".repeat(1_048_576);
    stage.send(&url, &largest).await;
    assert_eq!(stage.receive(&url).await[0].body(), Some(largest.as_str()));
    let larger = stage.client.send_message().queue_url(&url).message_body(largest + "x");
    assert_eq!(code!(larger.send().await).as_deref(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_message_waits_as_long_as_it_was_told() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[(Attribute::DelaySeconds, "10")]).await;
    stage.send(&url, "the queue's").await;
    stage.client.send_message().queue_url(&url).message_body("its own").delay_seconds(20).send().await.unwrap();
    assert_eq!(stage.attribute(&url, Attribute::ApproximateNumberOfMessagesDelayed).await, "2");
    stage.seconds_pass(9);
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
    stage.seconds_pass(1);
    assert_eq!(bodies(&stage.receive(&url).await), ["the queue's"]);
    stage.seconds_pass(10);
    assert_eq!(bodies(&stage.receive(&url).await), ["its own"]);
}

#[tokio::test]
async fn a_long_poll_ends_with_the_first_message() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    let poll = stage.client.receive_message().queue_url(&url).wait_time_seconds(20).send();
    let send = stage.send(&url, "m");
    let within = tokio::time::timeout(Duration::from_secs(10), async { tokio::join!(poll, send) });
    let (received, _) = within.await.expect("a poll that is woken is over long before its 20 s");
    assert_eq!(bodies(received.unwrap().messages()), ["m"]);
}

#[tokio::test]
async fn a_refused_send_is_heard_by_who_sent() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    stage.sqs.refuse_sends(1);
    let refused = stage.client.send_message().queue_url(&url).message_body("m");
    assert!(code!(refused.send().await).is_some());
    stage.send(&url, "m").await;
    assert_eq!(bodies(&stage.receive(&url).await), ["m"]);
}

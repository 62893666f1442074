//! A queue service to try things on, its client, and the clock that it goes by.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::types::{
    Message, MessageSystemAttributeName as System, QueueAttributeName as Attribute,
    SendMessageBatchRequestEntry as Entry,
};
use aws_sdk_sqs::{Client, config::BehaviorVersion, config::Region, config::retry::RetryConfig};
use local::aws::{Data, sqs};

use crate::conformance::{Clock, credentials, http, serve};

/// A service, a client of it, and the clock that it goes by.
pub(crate) struct Stage {
    pub(crate) sqs: sqs::Sqs,
    pub(crate) client: Client,
    pub(crate) clock: Clock,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::on(&Data::Memory, Clock::standing()).await
    }

    pub(crate) async fn on(data: &Data, clock: Clock) -> Self {
        let sqs = sqs::Sqs::open(data, clock.now()).unwrap();
        let url = serve(sqs::router(sqs.clone())).await;
        sqs.set_base_url(&url);
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .http_client(http())
            .retry_config(RetryConfig::disabled())
            .endpoint_url(url);
        Self { sqs, client: Client::from_conf(config.build()), clock }
    }

    pub(crate) async fn queue(&self, name: &str, attributes: &[(Attribute, &str)]) -> String {
        let set: HashMap<_, _> = attributes.iter().map(|(k, v)| (k.clone(), (*v).to_owned())).collect();
        let created = self.client.create_queue().queue_name(name).set_attributes(Some(set)).send().await.unwrap();
        created.queue_url.unwrap()
    }

    pub(crate) async fn fifo(&self, name: &str, attributes: &[(Attribute, &str)]) -> String {
        let mut all = vec![(Attribute::FifoQueue, "true")];
        all.extend_from_slice(attributes);
        self.queue(name, &all).await
    }

    /// A queue whose messages go to `<name>-dead` after this many receives. Returns both URLs.
    pub(crate) async fn with_dead_letters(&self, name: &str, fifo: bool, receives: u32) -> (String, String) {
        let end = if fifo { ".fifo" } else { "" };
        let kind: &[_] = if fifo { &[(Attribute::FifoQueue, "true")] } else { &[] };
        let dead = self.queue(&format!("{name}-dead{end}"), kind).await;
        let arn = self.attribute(&dead, Attribute::QueueArn).await;
        let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"{receives}"}}"#);
        let mut all = vec![(Attribute::RedrivePolicy, policy.as_str())];
        all.extend_from_slice(kind);
        (self.queue(&format!("{name}{end}"), &all).await, dead)
    }

    pub(crate) async fn attribute(&self, url: &str, name: Attribute) -> String {
        let asked = self.client.get_queue_attributes().queue_url(url).attribute_names(name.clone());
        asked.send().await.unwrap().attributes.unwrap_or_default().remove(&name).unwrap_or_default()
    }

    pub(crate) async fn send(&self, url: &str, body: &str) -> String {
        self.client.send_message().queue_url(url).message_body(body).send().await.unwrap().message_id.unwrap()
    }

    pub(crate) async fn send_in(&self, url: &str, group: &str, deduplication: &str) -> String {
        let message = self.client.send_message().queue_url(url).message_body(deduplication).message_group_id(group);
        message.message_deduplication_id(deduplication).send().await.unwrap().message_id.unwrap()
    }

    pub(crate) async fn receive(&self, url: &str) -> Vec<Message> {
        let all = self.client.receive_message().queue_url(url).max_number_of_messages(10);
        all.message_system_attribute_names(System::All).send().await.unwrap().messages.unwrap_or_default()
    }

    pub(crate) async fn delete(&self, url: &str, message: &Message) {
        let handle = message.receipt_handle().unwrap();
        self.client.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
    }

    pub(crate) fn seconds_pass(&self, seconds: u64) {
        self.clock.move_on(Duration::from_secs(seconds));
    }
}

pub(crate) fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|m| m.body().unwrap()).collect()
}

pub(crate) fn told(message: &Message, name: System) -> Option<&str> {
    message.attributes()?.get(&name).map(String::as_str)
}

pub(crate) fn entry(id: &str, body: &str) -> Entry {
    Entry::builder().id(id).message_body(body).build().unwrap()
}

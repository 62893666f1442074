//! A table to try things on, as our template has it, and clients of both halves of the service.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, Put, ReturnValue, ScalarAttributeType, StreamSpecification, StreamViewType, TransactWriteItem,
};
use aws_sdk_dynamodb::{Client, config::BehaviorVersion, config::Region, config::retry::RetryConfig};
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};
use local::aws::{Data, dynamodb};

use crate::conformance::{code, credentials, http, serve};

pub(crate) const TABLE: &str = "truth";

/// A service with one table in it, and clients of both its halves.
pub(crate) struct Stage {
    pub(crate) service: dynamodb::DynamoDb,
    pub(crate) client: Client,
    pub(crate) streams: aws_sdk_dynamodbstreams::Client,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let stage = Self::on(&Data::Memory, Arc::new(|_, _, _| Ok(()))).await;
        stage.create_table().await;
        stage
    }

    pub(crate) async fn on(data: &Data, hook: dynamodb::Hook) -> Self {
        let service = dynamodb::DynamoDb::open(data).await.unwrap();
        let url = serve(service.router(hook)).await;
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .http_client(http())
            .retry_config(RetryConfig::disabled())
            .endpoint_url(&url);
        let streams = aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .http_client(http())
            .endpoint_url(url);
        let streams = aws_sdk_dynamodbstreams::Client::from_conf(streams.build());
        Self { service, client: Client::from_conf(config.build()), streams }
    }

    /// As `infra/template.yaml` has the first table: string keys, a sparse index, a stream of both images.
    pub(crate) async fn create_table(&self) {
        let string = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
        };
        let keyed = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
        let projection = Projection::builder().projection_type(ProjectionType::Include).non_key_attributes("preview");
        let inbox = GlobalSecondaryIndex::builder()
            .index_name("INBOX")
            .key_schema(keyed("i_pk", KeyType::Hash))
            .key_schema(keyed("l_sk", KeyType::Range))
            .projection(projection.build());
        let stream =
            StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
        let table = self.client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
        ["pk", "sk", "i_pk", "l_sk"]
            .into_iter()
            .fold(table, |table, name| table.attribute_definitions(string(name)))
            .key_schema(keyed("pk", KeyType::Hash))
            .key_schema(keyed("sk", KeyType::Range))
            .global_secondary_indexes(inbox.build().unwrap())
            .stream_specification(stream.build().unwrap())
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn put(&self, item: Item) {
        self.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) async fn get(&self, pk: &str, sk: &str) -> Option<Item> {
        let get = self.client.get_item().table_name(TABLE).set_key(Some(key(pk, sk))).consistent_read(true);
        get.send().await.unwrap().item
    }

    /// Changes `a`/`1` by this expression, with `:v` at hand. Returns it as it is then, or the refusal's code.
    pub(crate) async fn update(&self, expression: &str, value: Option<AttributeValue>) -> Result<Item, String> {
        let values = value.map(|v| HashMap::from([(":v".to_owned(), v)]));
        let update = self.client.update_item().table_name(TABLE).set_key(Some(key("a", "1")));
        let update = update.update_expression(expression).set_expression_attribute_values(values);
        let answer = update.return_values(ReturnValue::AllNew).send().await;
        match answer {
            Ok(changed) => Ok(changed.attributes.unwrap_or_default()),
            refused => Err(code!(refused).unwrap_or_default()),
        }
    }

    pub(crate) async fn stream_arn(&self) -> String {
        let described = self.client.describe_table().table_name(TABLE).send().await.unwrap();
        described.table.unwrap().latest_stream_arn.unwrap()
    }

    /// The stream's records, from the horizon or after a sequence number.
    pub(crate) async fn records(&self, after: Option<&str>) -> Vec<Record> {
        let arn = self.stream_arn().await;
        let described = self.streams.describe_stream().stream_arn(&arn).send().await.unwrap();
        let shards = described.stream_description.unwrap().shards.unwrap_or_default();
        let mut records = Vec::new();
        for shard in shards {
            let kind = after.map_or(ShardIteratorType::TrimHorizon, |_| ShardIteratorType::AfterSequenceNumber);
            let from = self.streams.get_shard_iterator().stream_arn(&arn).shard_id(shard.shard_id().unwrap());
            let from =
                from.shard_iterator_type(kind).set_sequence_number(after.map(str::to_owned)).send().await.unwrap();
            let got = self.streams.get_records().set_shard_iterator(from.shard_iterator).send().await.unwrap();
            records.extend(got.records.unwrap_or_default());
        }
        records
    }
}

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn key(pk: &str, sk: &str) -> Item {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

pub(crate) fn item(pk: &str, sk: &str, more: &[(&str, AttributeValue)]) -> Item {
    let mut item = key(pk, sk);
    item.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    item
}

pub(crate) fn put(item: Item) -> TransactWriteItem {
    TransactWriteItem::builder().put(Put::builder().table_name(TABLE).set_item(Some(item)).build().unwrap()).build()
}

pub(crate) fn put_new(item: Item) -> TransactWriteItem {
    let put = Put::builder().table_name(TABLE).set_item(Some(item)).condition_expression("attribute_not_exists(pk)");
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

pub(crate) fn sort_keys(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item["sk"].as_s().unwrap().as_str()).collect()
}

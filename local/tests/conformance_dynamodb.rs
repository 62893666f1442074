//! DynamoDB and its streams as the real SDK meets them: what `table`, `relay` and `push` rely on, and what AWS refuses.

#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

mod conformance;

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, CancellationReason, Delete, GlobalSecondaryIndex,
    KeySchemaElement, KeyType, Projection, ProjectionType, Put, PutRequest, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure as OnFailure, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification, TransactWriteItem, WriteRequest,
};
use aws_sdk_dynamodb::{Client, config::BehaviorVersion, config::Region, config::retry::RetryConfig};
use aws_sdk_dynamodbstreams::types::{AttributeValue as StreamValue, Record, ShardIteratorType};
use local::aws::{Data, dynamodb};

use conformance::{Folder, code, credentials, http, serve};

const TABLE: &str = "truth";

/// A service with one table in it, and clients of both its halves.
struct Stage {
    client: Client,
    streams: aws_sdk_dynamodbstreams::Client,
}

impl Stage {
    async fn new() -> Self {
        let stage = Self::on(&Data::Memory, Arc::new(|_, _, _| Ok(()))).await;
        stage.create_table().await;
        stage
    }

    async fn on(data: &Data, hook: dynamodb::Hook) -> Self {
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
        Self { client: Client::from_conf(config.build()), streams }
    }

    /// As `infra/template.yaml` has the first table: string keys, a sparse index, a stream of both images.
    async fn create_table(&self) {
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

    async fn put(&self, item: Item) {
        self.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }

    async fn get(&self, pk: &str, sk: &str) -> Option<Item> {
        let get = self.client.get_item().table_name(TABLE).set_key(Some(key(pk, sk))).consistent_read(true);
        get.send().await.unwrap().item
    }

    /// Changes `a`/`1` by this expression, with `:v` at hand. Returns it as it is then, or the refusal's code.
    async fn update(&self, expression: &str, value: Option<AttributeValue>) -> Result<Item, String> {
        let values = value.map(|v| HashMap::from([(":v".to_owned(), v)]));
        let update = self.client.update_item().table_name(TABLE).set_key(Some(key("a", "1")));
        let update = update.update_expression(expression).set_expression_attribute_values(values);
        let answer = update.return_values(ReturnValue::AllNew).send().await;
        match answer {
            Ok(changed) => Ok(changed.attributes.unwrap_or_default()),
            refused => Err(code!(refused).unwrap_or_default()),
        }
    }

    async fn stream_arn(&self) -> String {
        let described = self.client.describe_table().table_name(TABLE).send().await.unwrap();
        described.table.unwrap().latest_stream_arn.unwrap()
    }

    /// The stream's records, from the horizon or after a sequence number.
    async fn records(&self, after: Option<&str>) -> Vec<Record> {
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

type Item = HashMap<String, AttributeValue>;

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn key(pk: &str, sk: &str) -> Item {
    HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

fn item(pk: &str, sk: &str, more: &[(&str, AttributeValue)]) -> Item {
    let mut item = key(pk, sk);
    item.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    item
}

fn put(item: Item) -> TransactWriteItem {
    TransactWriteItem::builder().put(Put::builder().table_name(TABLE).set_item(Some(item)).build().unwrap()).build()
}

fn put_new(item: Item) -> TransactWriteItem {
    let put = Put::builder().table_name(TABLE).set_item(Some(item)).condition_expression("attribute_not_exists(pk)");
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

fn sort_keys(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item["sk"].as_s().unwrap().as_str()).collect()
}

#[tokio::test]
async fn a_conditional_write_that_fails_shows_what_is_there() {
    let stage = Stage::new().await;
    stage.put(item("a", "1", &[("rev", n(7))])).await;
    let put = stage.client.put_item().table_name(TABLE).set_item(Some(key("a", "1")));
    let put = put.condition_expression("attribute_not_exists(pk)");
    let put = put.return_values_on_condition_check_failure(OnFailure::AllOld);
    let fault = put.send().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) = fault else {
        panic!("{fault:?}");
    };
    assert_eq!(failed.item(), Some(&item("a", "1", &[("rev", n(7))])));
}

#[tokio::test]
async fn a_transaction_is_written_whole_or_says_which_part_failed() {
    let stage = Stage::new().await;
    stage.put(item("a", "1", &[])).await;
    let write = |items: Vec<TransactWriteItem>| stage.client.transact_write_items().set_transact_items(Some(items));
    let fault = write(vec![put(item("b", "1", &[])), put_new(item("a", "1", &[]))]).send().await.unwrap_err();
    let fault = fault.into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        cancelled,
    ) = fault
    else {
        panic!("{fault:?}");
    };
    let reasons: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(CancellationReason::code).collect();
    assert_eq!(reasons, ["None", "ConditionalCheckFailed"]);
    assert_eq!(stage.get("b", "1").await, None);

    let delete = Delete::builder().table_name(TABLE).set_key(Some(key("a", "1"))).build().unwrap();
    let delete = TransactWriteItem::builder().delete(delete).build();
    write(vec![put_new(item("b", "1", &[])), delete]).send().await.unwrap();
    assert_eq!((stage.get("a", "1").await, stage.get("b", "1").await), (None, Some(item("b", "1", &[]))));
}

#[tokio::test]
async fn a_transaction_with_the_same_token_is_written_once() {
    let stage = Stage::new().await;
    let write = |item: Item| {
        stage.client.transact_write_items().client_request_token("token-1").transact_items(put_new(item)).send()
    };
    write(item("a", "1", &[])).await.unwrap();
    write(item("a", "1", &[])).await.unwrap();
    let other = write(item("a", "2", &[])).await;
    assert_eq!(code!(other).as_deref(), Some("IdempotentParameterMismatchException"));
}

#[tokio::test]
async fn a_transaction_takes_a_hundred_items_each_once() {
    let stage = Stage::new().await;
    let puts = |count: usize| (0..count).map(|at| put(item("a", &format!("{at:03}"), &[]))).collect::<Vec<_>>();
    let write =
        |items: Vec<TransactWriteItem>| stage.client.transact_write_items().set_transact_items(Some(items)).send();
    assert_eq!(code!(write(puts(101)).await).as_deref(), Some("ValidationException"));
    let twice = vec![put(item("a", "1", &[])), put(item("a", "1", &[]))];
    assert_eq!(code!(write(twice).await).as_deref(), Some("ValidationException"));
    assert_eq!(code!(write(puts(100)).await), None);
}

#[tokio::test]
async fn a_batch_takes_twenty_five_items() {
    let stage = Stage::new().await;
    let write = |count: usize| {
        let put = |at| PutRequest::builder().set_item(Some(item("a", &format!("{at:02}"), &[]))).build().unwrap();
        let requests = (0..count).map(|at| WriteRequest::builder().put_request(put(at)).build()).collect();
        stage.client.batch_write_item().request_items(TABLE, requests).send()
    };
    assert_eq!(code!(write(26).await).as_deref(), Some("ValidationException"));
    assert_eq!(write(25).await.unwrap().unprocessed_items(), Some(&HashMap::new()));
}

#[tokio::test]
async fn a_partition_is_read_in_order_page_by_page() {
    let stage = Stage::new().await;
    for at in 0..5 {
        stage.put(item("a", &format!("M#{at}"), &[])).await;
    }
    stage.put(item("a", "H", &[])).await;
    let query = |start: Option<Item>| {
        let query = stage.client.query().table_name(TABLE).key_condition_expression("pk = :p AND begins_with(sk, :m)");
        let query = query.expression_attribute_values(":p", s("a")).expression_attribute_values(":m", s("M#"));
        query.scan_index_forward(false).limit(3).set_exclusive_start_key(start).send()
    };
    let first = query(None).await.unwrap();
    assert_eq!(sort_keys(first.items()), ["M#4", "M#3", "M#2"]);
    assert_eq!(first.last_evaluated_key(), Some(&key("a", "M#2")));
    let second = query(first.last_evaluated_key).await.unwrap();
    assert_eq!((sort_keys(second.items()), second.last_evaluated_key()), (vec!["M#1", "M#0"], None));
}

#[tokio::test]
async fn an_index_holds_only_what_has_its_keys_and_shows_only_what_it_projects() {
    let stage = Stage::new().await;
    let indexed = [("i_pk", s("t#open")), ("l_sk", s("0005")), ("preview", s("hi")), ("body", s("long"))];
    stage.put(item("a", "H", &indexed)).await;
    stage.put(item("b", "H", &[("preview", s("not in it"))])).await;
    let query = || {
        let query = stage.client.query().table_name(TABLE).index_name("INBOX").key_condition_expression("i_pk = :p");
        query.expression_attribute_values(":p", s("t#open"))
    };
    assert_eq!(query().send().await.unwrap().items(), [item("a", "H", &indexed[..3])]);
    // What was read from an index may be behind; DynamoDB refuses to promise otherwise.
    assert_eq!(code!(query().consistent_read(true).send().await).as_deref(), Some("ValidationException"));
    stage.put(item("a", "H", &[])).await;
    assert_eq!(query().send().await.unwrap().items(), Vec::<Item>::new());
}

#[tokio::test]
async fn a_filter_is_applied_after_the_limit() {
    let stage = Stage::new().await;
    for (sk, state) in [("1", "open"), ("2", "closed"), ("3", "open")] {
        stage.put(item("a", sk, &[("state", s(state))])).await;
    }
    let query = stage.client.query().table_name(TABLE).key_condition_expression("pk = :p").limit(2);
    let query = query.filter_expression("#s = :o").expression_attribute_names("#s", "state");
    let query = query.expression_attribute_values(":p", s("a")).expression_attribute_values(":o", s("open"));
    let page = query.send().await.unwrap();
    assert_eq!((sort_keys(page.items()), page.count(), page.scanned_count()), (vec!["1"], 1, 2));
}

#[tokio::test]
async fn an_item_is_changed_in_place() {
    let stage = Stage::new().await;
    let list = |of: &[&str]| AttributeValue::L(of.iter().map(|t| s(t)).collect());
    for (expression, value, then) in [
        ("SET unread = :v", Some(n(1)), vec![("unread", n(1))]),
        ("ADD unread :v", Some(n(2)), vec![("unread", n(3))]),
        ("SET unread = unread - :v", Some(n(3)), vec![("unread", n(0))]),
        ("SET unread = if_not_exists(unread, :v)", Some(n(9)), vec![("unread", n(0))]),
        ("SET l = :v REMOVE unread", Some(list(&["x"])), vec![("l", list(&["x"]))]),
        ("SET l = list_append(l, :v)", Some(list(&["y"])), vec![("l", list(&["x", "y"]))]),
        ("REMOVE l[0]", None, vec![("l", list(&["y"]))]),
        ("REMOVE l", None, vec![]),
        (
            "ADD tags :v",
            Some(AttributeValue::Ss(vec!["a".into()])),
            vec![("tags", AttributeValue::Ss(vec!["a".into()]))],
        ),
        ("DELETE tags :v", Some(AttributeValue::Ss(vec!["a".into()])), vec![]),
    ] {
        assert_eq!(stage.update(expression, value).await, Ok(item("a", "1", &then)), "{expression}");
    }
}

#[tokio::test]
async fn an_update_that_contradicts_itself_is_refused() {
    let stage = Stage::new().await;
    stage.put(item("a", "1", &[("l", AttributeValue::L(vec![s("x")]))])).await;
    for (expression, value) in [
        ("SET l = :v REMOVE l[0]", Some(s("x"))), // Two paths, one over the other.
        ("SET sk = :v", Some(s("2"))),            // A key is what the item is.
        ("SET status = :v", Some(s("x"))),        // A reserved word.
        ("SET x = missing", None),                // Nothing there to copy.
        ("SET m.x = :v", Some(s("x"))),           // No map there to put it in.
    ] {
        assert_eq!(stage.update(expression, value).await, Err("ValidationException".to_owned()), "{expression}");
    }
}

#[tokio::test]
async fn a_number_has_at_most_38_digits() {
    let stage = Stage::new().await;
    let number = |digits: usize| n("9".repeat(digits));
    assert_eq!(stage.update("SET x = :v", Some(number(38))).await, Ok(item("a", "1", &[("x", number(38))])));
    assert_eq!(stage.update("SET x = :v", Some(number(39))).await, Err("ValidationException".to_owned()));
}

#[tokio::test]
async fn an_item_has_at_most_400_kilobytes_and_a_whole_key() {
    let stage = Stage::new().await;
    let put = |item: Item| stage.client.put_item().table_name(TABLE).set_item(Some(item)).send();
    // Names count too: pk, sk, x and the values of the keys are 7 bytes.
    let sized = |bytes: usize| item("a", "1", &[("x", s(&"x".repeat(bytes - 7)))]);
    assert_eq!(code!(put(sized(400 * 1024)).await), None);
    assert_eq!(code!(put(sized(400 * 1024 + 1)).await).as_deref(), Some("ValidationException"));
    assert_eq!(code!(put(key("", "1")).await).as_deref(), Some("ValidationException"));
    let sort_key_missing = HashMap::from([("pk".to_owned(), s("a"))]);
    assert_eq!(code!(put(sort_key_missing).await).as_deref(), Some("ValidationException"));
}

#[tokio::test]
async fn a_page_ends_at_a_megabyte() {
    let stage = Stage::new().await;
    for at in 0..4 {
        stage.put(item("a", &at.to_string(), &[("x", s(&"x".repeat(390_000)))])).await;
    }
    let page = stage.client.query().table_name(TABLE).key_condition_expression("pk = :p");
    let page = page.expression_attribute_values(":p", s("a")).send().await.unwrap();
    assert!(page.last_evaluated_key().is_some(), "{} items in one page", page.count());
}

#[tokio::test]
async fn a_write_says_what_it_costs() {
    let stage = Stage::new().await;
    let put = |item: Item| {
        let put = stage.client.put_item().table_name(TABLE).set_item(Some(item));
        put.return_consumed_capacity(ReturnConsumedCapacity::Total).send()
    };
    // A unit for each kilobyte begun, in the table and again in each index that has the item.
    for (item, units) in [
        (item("a", "1", &[]), 1.0),
        (item("a", "2", &[("x", s(&"x".repeat(1_500)))]), 2.0),
        (item("a", "3", &[("i_pk", s("t")), ("l_sk", s("1"))]), 2.0),
    ] {
        let cost = put(item).await.unwrap().consumed_capacity.unwrap();
        assert_eq!(cost.capacity_units(), Some(units));
    }
}

#[tokio::test]
async fn a_table_says_which_attribute_ends_its_items() {
    let stage = Stage::new().await;
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build().unwrap();
    stage.client.update_time_to_live().table_name(TABLE).time_to_live_specification(ttl).send().await.unwrap();
    let told = stage.client.describe_time_to_live().table_name(TABLE).send().await.unwrap();
    assert_eq!(told.time_to_live_description.unwrap().attribute_name(), Some("ttl"));
}

#[tokio::test]
async fn a_stream_tells_each_change_in_order_with_both_images() {
    let stage = Stage::new().await;
    stage.put(item("a", "1", &[("rev", n(1))])).await;
    stage.put(item("a", "1", &[("rev", n(2))])).await;
    stage.client.delete_item().table_name(TABLE).set_key(Some(key("a", "1"))).send().await.unwrap();
    let records = stage.records(None).await;
    let rev = |image: Option<&HashMap<String, StreamValue>>| image.map(|i| i["rev"].as_n().unwrap().clone());
    let told: Vec<_> = records
        .iter()
        .map(|record| {
            let change = record.dynamodb().unwrap();
            let kind = record.event_name().unwrap().as_str();
            (kind, rev(change.old_image()), rev(change.new_image()))
        })
        .collect();
    let one = || Some("1".to_owned());
    let two = || Some("2".to_owned());
    assert_eq!(told, [("INSERT", None, one()), ("MODIFY", one(), two()), ("REMOVE", two(), None)]);
    let key = records[0].dynamodb().unwrap().keys().unwrap();
    assert_eq!((key["pk"].as_s().unwrap().as_str(), key["sk"].as_s().unwrap().as_str()), ("a", "1"));
}

#[tokio::test]
#[ignore = "dynoxide 3.2 tells a MODIFY of a write that changes nothing; AWS tells nothing"]
async fn a_write_that_changes_nothing_is_no_change() {
    let stage = Stage::new().await;
    stage.put(item("a", "1", &[("rev", n(1))])).await;
    stage.put(item("a", "1", &[("rev", n(1))])).await;
    assert_eq!(stage.records(None).await.len(), 1);
}

#[tokio::test]
async fn a_stream_is_read_on_from_where_one_was() {
    let stage = Stage::new().await;
    for sk in ["1", "2", "3"] {
        stage.put(item("a", sk, &[])).await;
    }
    let records = stage.records(None).await;
    let numbers: Vec<_> = records.iter().map(|r| r.dynamodb().unwrap().sequence_number().unwrap()).collect();
    assert!(numbers.is_sorted() && numbers.len() == 3, "{numbers:?}");
    let rest = stage.records(Some(numbers[0])).await;
    assert_eq!(rest, records[1..]);
}

#[tokio::test]
async fn a_transaction_reaches_the_stream_in_full() {
    let stage = Stage::new().await;
    let writes = vec![put(item("a", "1", &[])), put(item("b", "1", &[])), put(item("c", "1", &[]))];
    stage.client.transact_write_items().set_transact_items(Some(writes)).send().await.unwrap();
    let refused = vec![put(item("d", "1", &[])), put_new(item("a", "1", &[]))];
    stage.client.transact_write_items().set_transact_items(Some(refused)).send().await.unwrap_err();
    let mut keys: Vec<_> = stage
        .records(None)
        .await
        .iter()
        .map(|r| r.dynamodb().unwrap().keys().unwrap()["pk"].as_s().unwrap().clone())
        .collect();
    keys.sort();
    assert_eq!(keys, ["a", "b", "c"]);
}

#[tokio::test]
async fn what_was_answered_outlives_the_process() {
    let folder = Folder::new("dynamodb");
    let data = Data::Dir(folder.path().to_owned());
    let open = || Stage::on(&data, Arc::new(|_, _, _| Ok(())));
    let before = open().await;
    before.create_table().await;
    before.put(item("a", "1", &[])).await;
    // The first one dies where it stands: nothing of it is closed or flushed.
    let after = open().await;
    assert_eq!(after.get("a", "1").await, Some(item("a", "1", &[])));
    assert_eq!(after.records(None).await.len(), 1);
}

#[tokio::test]
async fn a_caller_is_refused_what_is_not_its_own() {
    let hook: dynamodb::Hook = Arc::new(|_, action, input| match input["Key"]["pk"]["S"].as_str() {
        Some("other") if action == "GetItem" => {
            Err(dynamodb::Denied { code: "AccessDeniedException", message: "not yours".to_owned() })
        }
        _ => Ok(()),
    });
    let stage = Stage::on(&Data::Memory, hook).await;
    stage.create_table().await;
    let get = stage.client.get_item().table_name(TABLE).set_key(Some(key("other", "1")));
    assert_eq!(code!(get.send().await).as_deref(), Some("AccessDeniedException"));
    assert_eq!(stage.get("own", "1").await, None);
}

//! The stream of a table: each change, in order, for a day at least.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodbstreams::types::{AttributeValue as StreamValue, Record};
use local::aws::Data;

use crate::conformance::Folder;
use crate::stage::{Stage, TABLE, item, key, n, put, put_new};

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

/// A record's place as our readers count it.
fn place(record: &Record) -> i64 {
    let number: u128 = record.dynamodb().unwrap().sequence_number().unwrap().parse().unwrap();
    i64::try_from(number - 100_000_000_000_000_000_000).unwrap()
}

#[tokio::test]
async fn a_day_old_record_that_every_reader_has_passed_is_trimmed() {
    let folder = Folder::new("dynamodb-trim");
    let stage = Stage::on(&Data::Dir(folder.path().to_owned()), Arc::new(|_, _, _| Ok(()))).await;
    stage.create_table().await;
    for sk in ["1", "2", "3"] {
        stage.put(item("a", sk, &[])).await;
    }
    let records = stage.records(None).await;
    let made = records[2].dynamodb().unwrap().approximate_creation_date_time().unwrap().secs();
    let later =
        |hours: u64| u64::try_from(made).unwrap() * 1_000 + Duration::from_secs(hours * 3_600).as_millis() as u64;
    let trim = async |hours| stage.service.trim_stream(TABLE, place(&records[1]), later(hours)).await;
    assert_eq!((trim(23).await, stage.records(None).await.len()), (0, 3));
    assert_eq!((trim(24).await, stage.records(None).await), (2, records[2..].to_vec()));

    // Nothing is left at all: numbers go on all the same.
    stage.service.trim_stream(TABLE, i64::MAX, later(24)).await;
    stage.put(item("a", "4", &[])).await;
    let after = stage.records(None).await;
    assert_eq!(after.len(), 1);
    assert!(place(&after[0]) > place(&records[2]));
}

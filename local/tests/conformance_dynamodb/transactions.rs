//! Conditions, transactions and batches: all of it, or none and why.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    CancellationReason, Delete, PutRequest, ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem,
    WriteRequest,
};

use crate::conformance::code;
use crate::stage::{Item, Stage, TABLE, item, key, n, put, put_new};

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

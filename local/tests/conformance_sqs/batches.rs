//! Batches: refused whole, or answered entry by entry.

use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry as Delete, SendMessageBatchRequestEntry as Entry};

use crate::conformance::code;
use crate::stage::{Stage, bodies, entry};

#[tokio::test]
async fn a_batch_is_refused_whole_when_it_is_no_batch() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    let eleven = (0..11).map(|n| entry(&n.to_string(), "m")).collect();
    let half = "x".repeat(600 * 1024);
    for (entries, refusal) in [
        (vec![], "AWS.SimpleQueueService.EmptyBatchRequest"),
        (eleven, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
        (vec![entry("a", "1"), entry("a", "2")], "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
        (vec![entry("a", &half), entry("b", &half)], "AWS.SimpleQueueService.BatchRequestTooLong"),
    ] {
        let batch = stage.client.send_message_batch().queue_url(&url).set_entries(Some(entries));
        assert_eq!(code!(batch.send().await).as_deref(), Some(refusal));
    }
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_batch_entry_has_a_plain_id() {
    let stage = Stage::new().await;
    let url = stage.queue("q", &[]).await;
    let long = "x".repeat(81);
    for (id, refusal) in [
        ("a b", Some("AWS.SimpleQueueService.InvalidBatchEntryId")),
        ("", Some("AWS.SimpleQueueService.InvalidBatchEntryId")),
        (&long, Some("AWS.SimpleQueueService.InvalidBatchEntryId")),
        ("A-z_0", None),
        (&long[1..], None),
    ] {
        let batch = stage.client.send_message_batch().queue_url(&url).entries(entry(id, "m"));
        assert_eq!(code!(batch.send().await).as_deref(), refusal, "{id}");
    }
}

#[tokio::test]
async fn a_batch_may_fail_in_part() {
    let stage = Stage::new().await;
    let url = stage.fifo("q.fifo", &[]).await;
    let good = Entry::builder().id("good").message_body("1").message_group_id("g").message_deduplication_id("1");
    let batch = stage.client.send_message_batch().queue_url(&url).entries(good.build().unwrap());
    let answer = batch.entries(entry("bad", "no group")).send().await.unwrap();
    let sent: Vec<_> = answer.successful().iter().map(|s| s.id()).collect();
    let failed: Vec<_> = answer.failed().iter().map(|f| (f.id(), f.code(), f.sender_fault())).collect();
    assert_eq!((sent, failed), (vec!["good"], vec![("bad", "MissingParameter", true)]));

    let message = stage.receive(&url).await.remove(0);
    let known = Delete::builder().id("known").receipt_handle(message.receipt_handle().unwrap()).build().unwrap();
    let unknown = Delete::builder().id("unknown").receipt_handle("nonsense").build().unwrap();
    let deleted =
        stage.client.delete_message_batch().queue_url(&url).entries(known).entries(unknown).send().await.unwrap();
    let failed: Vec<_> = deleted.failed().iter().map(|f| (f.id(), f.code())).collect();
    assert_eq!(failed, [("unknown", "ReceiptHandleIsInvalid")]);
    assert_eq!(deleted.successful().len(), 1);
}

//! Stories of batches.

use std::sync::Mutex;

use super::*;

fn event(fifo: bool, records: &[(&str, &str)]) -> SqsEvent {
    let arn = if fifo { "arn:aws:sqs:eu-west-1:1:inbound.fifo" } else { "arn:aws:sqs:eu-west-1:1:outbound" };
    let record = |(group, body): &(&str, &str)| SqsRecord {
        message_id: format!("m-{body}"),
        receipt_handle: String::new(),
        body: (*body).to_owned(),
        attributes: Attributes { message_group_id: Some((*group).to_owned()), ..Attributes::default() },
        event_source_arn: arn.to_owned(),
    };
    SqsEvent { records: records.iter().map(record).collect() }
}

/// Plays a batch in which bodies with an `x` fail and those with a `p` panic; tells what was tried and what comes back.
async fn play(event: SqsEvent, time_left: i64) -> (Vec<String>, Vec<String>) {
    let tried = Mutex::new(Vec::new());
    let queue = Queue::new(Clock::standing_at(0), Duration::from_secs(1));
    let invocation = Invocation { request_id: "r".to_owned(), deadline: time_left };
    let answer = handle_batch(&queue, event, &invocation, &|record: SqsRecord| {
        tried.lock().unwrap().push(record.body.clone());
        async move {
            assert!(!record.body.contains('p'), "a panic of the handler");
            if record.body.contains('x') { Err(Retry::because("told to")) } else { Ok(()) }
        }
    })
    .await;
    let mut tried = tried.into_inner().unwrap();
    tried.sort();
    (tried, answer.batch_item_failures.into_iter().map(|item| item.item_identifier).collect())
}

#[tokio::test]
async fn after_a_failure_the_rest_of_its_group_is_left_untouched_and_other_groups_go_on() {
    let batch = event(true, &[("a", "a1"), ("b", "b1"), ("a", "a2x"), ("b", "b2"), ("a", "a3")]);
    let (tried, back) = play(batch, 10_000).await;
    assert_eq!(
        (tried, back),
        (["a1", "a2x", "b1", "b2"].map(str::to_owned).to_vec(), ["m-a2x", "m-a3"].map(str::to_owned).to_vec(),)
    );
}

#[tokio::test]
async fn the_records_of_a_standard_queue_fail_on_their_own() {
    let (tried, back) = play(event(false, &[("t", "1"), ("t", "2x"), ("t", "3p"), ("t", "4")]), 10_000).await;
    assert_eq!(
        (tried, back),
        (["1", "2x", "3p", "4"].map(str::to_owned).to_vec(), ["m-2x", "m-3p"].map(str::to_owned).to_vec(),)
    );
}

#[tokio::test]
async fn what_there_is_no_time_to_start_is_given_back() {
    let (tried, back) = play(event(true, &[("a", "a1"), ("b", "b1")]), 1_400).await;
    assert_eq!((tried, back), (Vec::<String>::new(), ["m-a1", "m-b1"].map(str::to_owned).to_vec()));
}

//! Dead letters on their way back.

use aws_sdk_sqs::types::{MessageSystemAttributeName as System, QueueAttributeName as Attribute};

use crate::conformance::code;
use crate::stage::{Stage, bodies, told};

#[tokio::test]
async fn a_move_task_brings_dead_letters_back() {
    let stage = Stage::new().await;
    let (url, dead) = stage.with_dead_letters("outbound", false, 1).await;
    stage.send(&url, "m").await;
    stage.receive(&url).await;
    stage.seconds_pass(30);
    stage.receive(&url).await;
    let source = stage.attribute(&dead, Attribute::QueueArn).await;
    stage.client.start_message_move_task().source_arn(&source).send().await.unwrap();
    assert_eq!(bodies(&stage.receive(&url).await), ["m"]);
    let tasks = stage.client.list_message_move_tasks().source_arn(&source).send().await.unwrap();
    let shown: Vec<_> =
        tasks.results().iter().map(|t| (t.status(), t.approximate_number_of_messages_moved())).collect();
    assert_eq!(shown, [(Some("COMPLETED"), 1)]);
}

/// Ten dead letters, where they are and where they failed.
async fn ten_dead_letters(stage: &Stage) -> (String, String) {
    let (url, dead) = stage.with_dead_letters("outbound", false, 1).await;
    for at in 0..10 {
        stage.send(&url, &at.to_string()).await;
    }
    stage.receive(&url).await;
    stage.seconds_pass(30);
    stage.receive(&url).await;
    (url, stage.attribute(&dead, Attribute::QueueArn).await)
}

#[tokio::test]
async fn a_slow_task_moves_so_many_a_second_until_it_is_cancelled() {
    let stage = Stage::new().await;
    let (url, source) = ten_dead_letters(&stage).await;
    let start = || stage.client.start_message_move_task().source_arn(&source).max_number_of_messages_per_second(2);
    let handle = start().send().await.unwrap().task_handle.unwrap();
    assert_eq!(code!(start().send().await).as_deref(), Some("InvalidParameterValue"), "one task at a time");
    assert_eq!(bodies(&stage.receive(&url).await), Vec::<&str>::new());
    stage.seconds_pass(2);
    assert_eq!(bodies(&stage.receive(&url).await), ["0", "1", "2", "3"]);

    let cancel = || stage.client.cancel_message_move_task().task_handle(&handle);
    assert_eq!(cancel().send().await.unwrap().approximate_number_of_messages_moved(), 4);
    stage.seconds_pass(9);
    let tasks = stage.client.list_message_move_tasks().source_arn(&source).send().await.unwrap();
    let [task] = tasks.results() else { panic!("one task, not {tasks:?}") };
    let figures = (task.status(), task.approximate_number_of_messages_moved(), task.task_handle());
    assert_eq!((figures, task.approximate_number_of_messages_to_move()), ((Some("CANCELLED"), 4, None), Some(10)));
    assert!(cancel().send().await.unwrap_err().into_service_error().is_unsupported_operation());
}

#[tokio::test]
async fn dead_letters_can_be_moved_elsewhere_as_new_messages() {
    let stage = Stage::new().await;
    let (_, source) = ten_dead_letters(&stage).await;
    let other = stage.queue("other", &[]).await;
    let arn = stage.attribute(&other, Attribute::QueueArn).await;
    stage.client.start_message_move_task().source_arn(&source).destination_arn(arn).send().await.unwrap();
    let moved = stage.receive(&other).await;
    assert_eq!(moved.len(), 10);
    assert_eq!(told(&moved[0], System::ApproximateReceiveCount), Some("1"));
    assert_eq!(told(&moved[0], System::SentTimestamp), Some("1795000030000"));
}

#[tokio::test]
async fn a_task_is_refused_where_there_are_no_dead_letters() {
    let stage = Stage::new().await;
    let (_, dead) = stage.with_dead_letters("outbound", false, 1).await;
    let dead = stage.attribute(&dead, Attribute::QueueArn).await;
    let start = |source: &str| stage.client.start_message_move_task().source_arn(source);
    let plain = dead.replace("outbound-dead", "outbound");
    assert_eq!(code!(start(&plain).send().await).as_deref(), Some("InvalidParameterValue"));
    let nowhere = start(&dead.replace("outbound", "nowhere")).send().await.unwrap_err().into_service_error();
    assert!(nowhere.is_resource_not_found_exception(), "{nowhere:?}");
    let to_nowhere = start(&dead).destination_arn(format!("{dead}-not")).send().await;
    assert!(to_nowhere.unwrap_err().into_service_error().is_resource_not_found_exception());
    let cancel = stage.client.cancel_message_move_task().task_handle("nonsense");
    assert_eq!(code!(cancel.send().await).as_deref(), Some("InvalidParameterValue"));
}

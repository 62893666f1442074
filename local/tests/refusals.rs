//! A template that is not understood is refused in one line that names the resource and the property.

#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

use std::collections::BTreeMap;

use local::template::{Addresses, Template};

const STACK: &str = include_str!("template.yaml");

fn read(text: &str) -> Result<Template, String> {
    Template::read(text, &BTreeMap::new(), Addresses::default()).map_err(|refusal| refusal.to_string())
}

#[test]
fn what_is_misspelt_or_unknown_is_named() {
    for (right, wrong, line) in [
        ("VisibilityTimeout: 12", "VisibilityTimout: 12", "Orders: unknown property VisibilityTimout"),
        ("AWS::S3::Bucket", "AWS::S3::Bukket", "Kept: unknown resource type \"AWS::S3::Bukket\""),
        ("Type: DynamoDB", "Type: Kinesis", "Reader.Events.Stream: unknown event type \"Kinesis\""),
        ("BatchSize: 10, Fun", "BatchSise: 10, Fun", "Worker.Events.Fifo: unknown property BatchSise"),
        (
            "!GetAtt Dead.Arn",
            "!GetAtt Dead.Arm",
            "Orders.RedrivePolicy.deadLetterTargetArn: AWS::SQS::Queue Dead has no attribute Arm",
        ),
        (
            "!GetAtt Dead.Arn",
            "!GetAtt Gone.Arn",
            "Orders.RedrivePolicy.deadLetterTargetArn: neither a parameter nor a resource is called Gone",
        ),
        ("!GetAtt Dead.Arn", "!Cidr Dead", "template: unknown intrinsic !Cidr"),
        ("QueueName: orders.fifo", "QueueName: orders", "Orders: a FIFO queue's name, and no other, ends in .fifo"),
        (
            "rate(1 minute)",
            "cron(0 9 * * ? *)",
            "Clock.Events.Tick: \"cron(0 9 * * ? *)\" is not a rate(…), the one kind of schedule understood here",
        ),
        ("Timeout: 2", "Timeout: soon", "Clock.Timeout: invalid type: string \"soon\", expected u64"),
        (
            "{ Type: String, Default: /dev/null }",
            "{ Type: String }",
            "Parameters.RecordFile: has no default and no value",
        ),
        ("integrations/${HttpIntegration}", "integrations/none", "HttpRoute.Target: names no integration"),
        ("ProtocolType: HTTP }", "ProtocolType: TCP }", "HttpApi.ProtocolType: is HTTP or WEBSOCKET"),
    ] {
        let changed = STACK.replacen(right, wrong, 1);
        assert_ne!(changed, STACK, "{right}");
        assert_eq!(read(&changed).err(), Some(format!("infra/template.yaml: {line}")));
    }
}

#[test]
fn what_is_understood_is_resolved() {
    let stack = read(STACK).unwrap();
    let reader = &stack.stream_mappings[0];
    assert_eq!(
        (
            reader.function.as_str(),
            reader.stream_arn.as_str(),
            reader.retries,
            reader.bisects,
            reader.failure_bucket.as_deref()
        ),
        ("Reader", "arn:aws:dynamodb:us-east-1:000000000000:table/things/stream/local", Some(1), true, Some("kept"))
    );
    let orders = stack.queues.iter().find(|queue| queue.name == "orders.fifo").unwrap();
    assert_eq!(orders.dead_letter_queue().as_deref(), Some("dead.fifo"));
    let routes: Vec<_> = stack
        .socket_routes
        .iter()
        .map(|route| (route.key.as_str(), route.replies, route.selector.as_deref()))
        .collect();
    assert_eq!(
        routes,
        [
            ("$connect", false, Some("action")),
            ("$disconnect", false, Some("action")),
            ("$default", true, Some("action"))
        ]
    );
    assert_eq!((stack.schedules[0].every_seconds, stack.functions["Clock"].timeout_seconds), (60, 2));
}

//! The template keeps the promises of docs/OPERATIONS.md and docs/SECURITY.md: what no run on one machine can show.

use std::collections::{BTreeMap, BTreeSet};

use local::template::{Addresses, Queue, Template, document, queue_arn};
use serde_json::{Value, json};

const TEXT: &str = include_str!("../../infra/template.yaml");

fn template() -> Template {
    Template::read(TEXT, &BTreeMap::new(), Addresses::default()).expect("the local host reads the template")
}

/// The resources of one type, as written: logical id and properties.
fn stated(kind: &str) -> Vec<(String, Value)> {
    let document = document(TEXT).expect("the template is YAML");
    let resources = document["Resources"].as_object().expect("it has resources").clone();
    resources
        .into_iter()
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(logical, resource)| (logical, resource["Properties"].clone()))
        .collect()
}

fn number(queue: &Queue, attribute: &str) -> u64 {
    queue.attributes[attribute].parse().expect("a number")
}

/// Each dead-letter queue, by its ARN, with the queues that fill it.
fn dead_letters(template: &Template) -> BTreeMap<String, Vec<(Queue, u64)>> {
    let mut found = BTreeMap::<String, Vec<(Queue, u64)>>::new();
    for queue in &template.queues {
        if let Some(policy) = queue.attributes.get("RedrivePolicy") {
            let policy: Value = serde_json::from_str(policy).expect("a redrive policy is JSON");
            let dead = policy["deadLetterTargetArn"].as_str().expect("an ARN").to_owned();
            let receives = policy["maxReceiveCount"].as_u64().expect("a count");
            found.entry(dead).or_default().push((queue.clone(), receives));
        }
    }
    found
}

fn queue<'a>(template: &'a Template, arn: &str) -> &'a Queue {
    template.queues.iter().find(|queue| queue_arn(&queue.name) == arn).expect("the queue is in the template")
}

#[test]
fn a_record_stays_invisible_six_times_as_long_as_its_function_may_take() {
    let template = template();
    for mapping in &template.queue_mappings {
        let visible = number(queue(&template, &mapping.queue_arn), "VisibilityTimeout");
        let timeout = template.functions[&mapping.function].timeout_seconds;
        assert!(visible >= 6 * timeout, "{} of {}: {visible} s", mapping.function, mapping.queue_arn);
    }
}

#[test]
fn queue_mappings_report_single_failures_and_bound_their_concurrency() {
    for mapping in template().queue_mappings {
        let kept = (mapping.reports_failures, mapping.concurrency.is_some_and(|most| (2..=1000).contains(&most)));
        assert_eq!(kept, (true, true), "{}", mapping.function);
    }
}

#[test]
fn a_queue_gives_up_after_five_to_ten_receives_into_a_dead_letter_queue_of_its_kind_that_outlives_it() {
    let template = template();
    let dead_letters = dead_letters(&template);
    assert_eq!(dead_letters.len(), 3, "inbound, outbound and media");
    for (dead, sources) in dead_letters {
        let dead = queue(&template, &dead);
        for (source, receives) in sources {
            assert!((5..=10).contains(&receives), "{}: {receives} receives", source.name);
            assert_eq!(source.attributes.get("FifoQueue"), dead.attributes.get("FifoQueue"), "{}", source.name);
            assert_eq!(
                (number(&source, "MessageRetentionPeriod"), number(dead, "MessageRetentionPeriod")),
                (345_600, 1_209_600)
            );
        }
    }
}

#[test]
fn quarantine_empties_every_dead_letter_queue() {
    let template = template();
    let mapped = template.queue_mappings.iter().filter(|mapping| mapping.function == "Quarantine");
    let mapped: BTreeSet<_> = mapped.map(|mapping| mapping.queue_arn.clone()).collect();
    assert_eq!(mapped, dead_letters(&template).into_keys().collect());
}

#[test]
fn queues_are_encrypted_and_the_intake_has_high_throughput() {
    let template = template();
    for queue in &template.queues {
        assert_eq!(queue.attributes.get("SqsManagedSseEnabled").map(String::as_str), Some("true"), "{}", queue.name);
    }
    let inbound = template.queues.iter().find(|queue| queue.logical == "InboundQueue").expect("inbound");
    let chosen = ["DeduplicationScope", "FifoThroughputLimit"].map(|name| inbound.attributes[name].as_str());
    assert_eq!(chosen, ["messageGroup", "perMessageGroupId"]);
}

#[test]
fn stream_mappings_filter_bisect_give_up_in_time_and_keep_what_they_give_up() {
    let template = template();
    let bucket = &template.buckets[0].name;
    let readers: Vec<_> = template.stream_mappings.iter().map(|mapping| mapping.function.as_str()).collect();
    assert_eq!(readers, ["Push", "Relay"], "a shard takes two readers");
    for mapping in &template.stream_mappings {
        assert!(!mapping.filters.is_empty(), "{} has a filter", mapping.function);
        assert!(mapping.bisects && mapping.reports_failures, "{} isolates a poison record", mapping.function);
        assert!(mapping.retries.is_some_and(|times| times <= 5), "{}: {:?}", mapping.function, mapping.retries);
        assert!(
            mapping.age_seconds.is_some_and(|age| age <= 21_600),
            "{}: {:?}",
            mapping.function,
            mapping.age_seconds
        );
        assert_eq!(mapping.failure_bucket.as_deref(), Some(bucket.as_str()), "{}", mapping.function);
    }
    for (function, properties) in stated("AWS::Serverless::Function") {
        for event in
            properties["Events"].as_object().into_iter().flatten().filter(|(_, event)| event["Type"] == "DynamoDB")
        {
            assert_eq!(event.1["Properties"]["StartingPosition"], "TRIM_HORIZON", "{function}");
        }
    }
}

/// DynamoDB filters see `dynamodb` alone, and test leaves:
/// [syntax](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html).
#[test]
fn stream_filters_use_what_lambda_documents() {
    for mapping in template().stream_mappings {
        for filter in mapping.filters {
            let keys: Vec<_> = filter.as_object().expect("an object").keys().cloned().collect();
            assert_eq!(keys, ["dynamodb"], "{}", mapping.function);
        }
    }
}

#[test]
fn the_truth_is_protected_recoverable_and_encrypted_and_what_is_live_wakes_no_reader() {
    let tables: BTreeMap<_, _> = stated("AWS::DynamoDB::Table").into_iter().collect();
    let truth = &tables["TruthTable"];
    assert_eq!(truth["DeletionProtectionEnabled"], true);
    assert_eq!(truth["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(truth["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    for (name, table) in &tables {
        assert_eq!(table["SSESpecification"], json!({ "SSEEnabled": true, "SSEType": "KMS" }), "{name}");
    }
    assert_eq!(tables["LiveTable"]["StreamSpecification"], Value::Null);
    assert_eq!(tables["LiveTable"]["TimeToLiveSpecification"], json!({ "AttributeName": "ttl", "Enabled": true }));
}

#[test]
fn what_must_not_be_lost_outlives_the_stack() {
    let document = document(TEXT).expect("the template is YAML");
    for logical in ["TruthTable", "Bucket", "WebhookSecret", "IdKeySecret", "ApiKeysSecret"] {
        let resource = &document["Resources"][logical];
        let kept = (resource["DeletionPolicy"].as_str(), resource["UpdateReplacePolicy"].as_str());
        assert_eq!(kept, (Some("Retain"), Some("Retain")), "{logical}");
    }
}

#[test]
fn the_bucket_is_private_tls_only_versioned_and_forgets() {
    let (_, bucket) = stated("AWS::S3::Bucket").pop().expect("a bucket");
    let blocked = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    for name in blocked {
        assert_eq!(bucket["PublicAccessBlockConfiguration"][name], true, "{name}");
    }
    assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled");
    let rules = bucket["LifecycleConfiguration"]["Rules"].as_array().expect("rules");
    let days: BTreeMap<_, _> =
        rules.iter().map(|rule| (rule["Prefix"].as_str(), rule["ExpirationInDays"].as_u64())).collect();
    assert_eq!((days[&Some("spill/")], days[&Some("claims/")]), (Some(30), Some(30)));
    assert!(rules.iter().any(|rule| !rule["NoncurrentVersionExpiration"].is_null()), "versions expire");
    let (_, policy) = stated("AWS::S3::BucketPolicy").pop().expect("a policy");
    let tls = &policy["PolicyDocument"]["Statement"][0];
    assert_eq!(
        (&tls["Effect"], &tls["Condition"]),
        (&json!("Deny"), &json!({ "Bool": { "aws:SecureTransport": "false" } }))
    );
}

#[test]
fn each_function_has_its_own_role_a_timeout_memory_and_a_log_that_ends() {
    let template = template();
    let roles: BTreeSet<_> = template.functions.values().map(|function| &function.role).collect();
    assert_eq!(roles.len(), template.functions.len(), "no role is shared");
    let logs: BTreeMap<_, _> = stated("AWS::Logs::LogGroup").into_iter().collect();
    for (function, properties) in stated("AWS::Serverless::Function") {
        let log = &logs[&format!("{function}Log")];
        assert!(!log["RetentionInDays"].is_null(), "{function}'s log ends");
        assert_eq!(properties["LoggingConfig"]["LogGroup"], json!({ "Ref": format!("{function}Log") }));
        assert!(properties["Timeout"].as_u64().is_some_and(|seconds| seconds <= 50), "{function}'s timeout");
        assert!(template.functions[&function].memory_mb >= 128, "{function}'s memory");
    }
}

/// The timeouts that the lease, the visibility and the thirty seconds of the APIs were reckoned with.
#[test]
fn the_times_are_those_that_add_up() {
    let template = template();
    let times: Vec<_> = template.functions.values().map(|f| (f.binary.as_str(), f.timeout_seconds)).collect();
    let agreed = [
        ("api", 15),
        ("connect", 10),
        ("deliver", 45),
        ("ingest", 10),
        ("media", 45),
        ("push", 30),
        ("quarantine", 30),
        ("relay", 15),
        ("sweep", 50),
        ("webhook", 10),
    ];
    assert_eq!(times, agreed);
    assert!(template.functions["Webhook"].reserved.is_some(), "no other function can starve the intake");
}

#[test]
fn no_variable_holds_a_secret() {
    for function in template().functions.values() {
        for (name, value) in &function.environment {
            let secret = ["SECRET", "KEY", "TOKEN", "PASSWORD"].iter().any(|word| name.contains(word));
            let is_a_name = name.ends_with("_SECRET_ID") || name.ends_with("_SECRET_PREFIX");
            assert!(!secret || is_a_name, "{}: {name}={value}", function.binary);
        }
    }
}

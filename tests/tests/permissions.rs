//! Each function may do what it does, to what it does it to, and nothing more.

use std::collections::{BTreeMap, BTreeSet};

use local::template::{Addresses, Function, Statement, Template, document, queue_arn};
use serde_json::{Value, json};

const TEXT: &str = include_str!("../../infra/template.yaml");

/// The ledger of what tells no tenant: the install's, under an id that no tenant has.
const INSTALL: &str = "0000000000000000#L#*";

fn template() -> Template {
    Template::read(TEXT, &BTreeMap::new(), Addresses::default()).expect("the local host reads the template")
}

fn statements<'a>(template: &'a Template, function: &Function) -> &'a [Statement] {
    let role = template.roles.values().find(|role| role.arn == function.role).expect("a function's role is there");
    &role.statements
}

/// The services that a function's role names, e.g. `sqs`.
fn services(statements: &[Statement]) -> BTreeSet<&str> {
    let actions = statements.iter().filter(|statement| !statement.denies).flat_map(|statement| &statement.actions);
    actions.filter_map(|action| action.split(':').next()).collect()
}

#[test]
fn no_role_names_every_action_or_every_resource() {
    for (name, role) in template().roles {
        for statement in role.statements.iter().filter(|statement| !statement.denies) {
            assert!(!statement.resources.iter().any(|resource| resource == "*"), "{name}: {statement:?}");
            assert!(!statement.actions.iter().any(|action| action.contains('*')), "{name}: {statement:?}");
        }
    }
}

#[test]
fn a_role_reads_like_its_functions_dependency_list() {
    let template = template();
    let found: BTreeMap<_, _> = template
        .functions
        .values()
        .map(|function| {
            (
                function.binary.as_str(),
                services(statements(&template, function)).into_iter().collect::<Vec<_>>().join(" "),
            )
        })
        .collect();
    let expected = BTreeMap::from([
        ("api", "dynamodb logs secretsmanager sqs sts"),
        ("connect", "dynamodb execute-api logs sqs sts"),
        ("deliver", "logs secretsmanager sqs sts"),
        ("ingest", "dynamodb logs s3 secretsmanager sqs sts"),
        ("media", "logs sqs sts"),
        ("push", "dynamodb execute-api logs s3 sts"),
        ("quarantine", "dynamodb logs sqs sts"),
        ("relay", "dynamodb logs s3 sqs"),
        ("sweep", "dynamodb logs s3 sqs sts"),
        ("webhook", "logs s3 secretsmanager sqs"),
    ]);
    assert_eq!(found, expected.into_iter().map(|(name, list)| (name, list.to_owned())).collect());
}

#[test]
fn a_secret_of_the_install_is_read_by_those_alone_that_need_it() {
    let template = template();
    let mut readers = BTreeMap::<&str, Vec<&str>>::new();
    for secret in &template.secrets {
        let reads = |statement: &&Statement| {
            statement.actions.iter().any(|action| action.starts_with("secretsmanager:"))
                && statement.resources.iter().any(|resource| resource.ends_with(&format!(":secret:{}", secret.name)))
        };
        let of =
            template.functions.values().filter(|function| statements(&template, function).iter().any(|s| reads(&s)));
        readers.insert(&secret.logical, of.map(|function| function.binary.as_str()).collect());
    }
    let expected = [
        ("ApiKeysSecret", vec!["api"]),
        ("IdKeySecret", vec!["api", "deliver", "ingest"]),
        ("MetaAppSecret", vec!["api"]),
        ("WebhookSecret", vec!["webhook"]),
    ];
    assert_eq!(readers, expected.into());
}

#[test]
fn no_function_sends_to_the_queue_that_it_reads() {
    let template = template();
    for mapping in &template.queue_mappings {
        let function = &template.functions[&mapping.function];
        let sends = statements(&template, function).iter().any(|statement| {
            statement.actions.iter().any(|action| action == "sqs:SendMessage")
                && statement.resources.contains(&mapping.queue_arn)
        });
        assert!(!sends, "{} would feed itself", function.binary);
    }
    assert!(template.queue_mappings.iter().any(|mapping| mapping.queue_arn == queue_arn("switchboard-outbound")));
}

#[test]
fn a_function_reaches_only_keys_that_belong_to_no_tenant() {
    let template = template();
    for function in template.functions.values() {
        for statement in statements(&template, function) {
            let items =
                statement.actions.iter().any(|action| action.starts_with("dynamodb:") && action.contains("Item"))
                    || statement.actions.iter().any(|action| action == "dynamodb:Query");
            if items {
                let keys = texts(&statement.condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
                let known = ["R#*", "G#*", "G#F#*", "W#*", "DUE#*", "N#*", INSTALL];
                assert!(
                    !keys.is_empty() && keys.iter().all(|key| known.contains(&key.as_str())),
                    "{}: {keys:?}",
                    function.binary
                );
                assert_eq!(statement.condition["Null"]["dynamodb:LeadingKeys"], "false", "{}", function.binary);
            }
        }
    }
}

#[test]
fn a_session_reaches_its_tenants_items_objects_and_secret_alone() {
    let template = template();
    let role = template.roles.iter().find(|(name, _)| name.contains("-tenant-")).expect("TenantRole").1;
    let tag = "${aws:PrincipalTag/tenant}";
    for statement in role.statements.iter().filter(|statement| !statement.denies) {
        let by_key = statement.condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            == json!(format!("{tag}#*"))
            && statement.condition["Null"]["dynamodb:LeadingKeys"] == "false";
        let by_name = statement.resources.iter().all(|resource| resource.contains(tag));
        assert!(by_key || by_name, "{statement:?}");
    }
    let denied: Vec<_> = role.statements.iter().filter(|statement| statement.denies).flat_map(|s| &s.actions).collect();
    assert!(denied.iter().any(|action| *action == "dynamodb:Scan"), "{denied:?}");
}

#[test]
fn only_functions_become_a_tenant_and_only_with_a_tag_that_names_one() {
    let document = document(TEXT).expect("the template is YAML");
    let trust = &document["Resources"]["TenantRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(trust.as_array().map(Vec::len), Some(1));
    assert_eq!(trust[0]["Action"], json!(["sts:AssumeRole", "sts:TagSession"]));
    assert_eq!(trust[0]["Condition"]["StringLike"]["aws:RequestTag/tenant"], "????????????????");
    for who in trust[0]["Principal"]["AWS"].as_array().expect("roles") {
        assert_eq!(who["Fn::GetAtt"][1], "Arn", "{who}");
    }
}

#[test]
fn the_apis_are_throttled_and_log_no_query_string() {
    let document = document(TEXT).expect("the template is YAML");
    for stage in ["HttpStage", "SocketStage"] {
        let stage = &document["Resources"][stage]["Properties"];
        assert_eq!(stage["AutoDeploy"], true);
        assert!(stage["DefaultRouteSettings"]["ThrottlingRateLimit"].as_u64().is_some());
        let log = stage["AccessLogSettings"].to_string();
        assert!(log.contains("$context.routeKey") && !log.to_lowercase().contains("query"), "{log}");
    }
}

#[test]
fn alarms_watch_what_somebody_must_act_on() {
    let document = document(TEXT).expect("the template is YAML");
    let alarms = document["Resources"].as_object().expect("resources").values();
    let alarms =
        alarms.filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm").map(|alarm| &alarm["Properties"]);
    let mut watched = BTreeMap::<&str, BTreeSet<String>>::new();
    for alarm in alarms {
        assert!(!alarm["AlarmActions"].is_null(), "{alarm}");
        for metric in std::iter::once(alarm)
            .chain(alarm["Metrics"].as_array().into_iter().flatten().map(|each| &each["MetricStat"]["Metric"]))
        {
            if let Some(name) = metric["MetricName"].as_str() {
                watched.entry(name).or_default().insert(metric["Dimensions"][0]["Value"].to_string());
            }
        }
    }
    let functions = template().functions.len();
    let counts: BTreeMap<_, _> = watched.iter().map(|(metric, of)| (*metric, of.len())).collect();
    let expected = BTreeMap::from([
        ("5xx", 1),
        ("ApproximateAgeOfOldestMessage", 3),
        ("ApproximateNumberOfMessagesVisible", 3),
        ("DeadLetters", 1),
        ("Errors", functions),
        ("IntegrationError", 1),
        ("IteratorAge", 2),
        ("ReadThrottleEvents", 2),
        ("ReauthRequired", 1),
        ("Throttles", functions),
        ("UnknownSends", 1),
        ("WriteThrottleEvents", 2),
    ]);
    assert_eq!(counts, expected);
}

#[test]
fn browsers_are_told_what_the_app_may_do() {
    let headers: BTreeMap<_, _> = template().app_headers.into_iter().collect();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(headers.get(name).map(String::as_str), Some(value), "{name}");
    }
    let policy = &headers["content-security-policy"];
    let files = "https://switchboard-000000000000-us-east-1.s3.us-east-1.amazonaws.com";
    for said in [
        "connect-src 'self' wss://",
        &format!(" {files}; manifest-src"),
        &format!("img-src 'self' data: blob: {files};"),
        &format!("media-src 'self' blob: {files};"),
    ] {
        assert!(policy.contains(said), "{said}: {policy}");
    }
    let document = document(TEXT).expect("the template is YAML");
    let policy =
        &document["Resources"]["AppHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
    assert_eq!(policy["StrictTransportSecurity"]["AccessControlMaxAgeSec"], 31_536_000);
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

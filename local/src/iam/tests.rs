//! The template's own roles, asked for what they may and what they may not.

use super::*;
use crate::template::Addresses;

const TENANT: &str = "aaaaaaaaaaaaaaaa";

/// The real template, with every parameter at its default or anything at all.
fn template() -> Template {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml")).unwrap();
    let anything = ["PublicUrl", "WsUrl", "WsEndpoint", "MetaGraphBaseUrl"];
    let parameters = anything.into_iter().map(|name| (name.to_owned(), "http://127.0.0.1:1".to_owned())).collect();
    let here = "http://127.0.0.1:1".to_owned();
    Template::read(&text, &parameters, Addresses { sqs: here.clone(), gateway: here }).unwrap()
}

/// The role of a function, by its logical id.
fn role(template: &Template, function: &str) -> Caller {
    Caller { role_arn: template.functions[function].role.clone(), tags: BTreeMap::new() }
}

fn tenant_role(template: &Template) -> String {
    template.functions["Ingest"].environment["TENANT_ROLE_ARN"].clone()
}

#[test]
fn a_function_reaches_the_queues_and_objects_of_its_policy_and_no_others() {
    let template = template();
    let guard = Guard::new(&template);
    let queue = |end: &str| {
        let found = template.queues.iter().find(|queue| queue.name.ends_with(end));
        crate::template::queue_arn(&found.unwrap().name)
    };
    let object = |key: &str| format!("arn:aws:s3:::{}/{key}", template.buckets[0].name);
    for (function, action, resource, allowed) in [
        ("Webhook", "sqs:SendMessage", queue("-inbound.fifo"), true),
        ("Webhook", "sqs:ReceiveMessage", queue("-inbound.fifo"), false),
        ("Webhook", "sqs:SendMessage", queue("-outbound"), false),
        ("Relay", "sqs:SendMessage", queue("-outbound"), true),
        ("Deliver", "sqs:SendMessage", queue("-outbound"), false),
        ("Deliver", "sqs:ChangeMessageVisibility", queue("-outbound"), true),
        ("Webhook", "s3:PutObject", object("spill/1"), true),
        ("Webhook", "s3:GetObject", object("spill/1"), false),
        ("Webhook", "s3:PutObject", object("t/aaaaaaaaaaaaaaaa/1"), false),
        ("Sweep", "s3:DeleteObject", object("spill/1"), true),
    ] {
        let asked = Asked { action: action.to_owned(), resources: vec![resource.clone()], context: Context::new() };
        assert_eq!(guard.allow(&role(&template, function), &asked).is_ok(), allowed, "{function} {action} {resource}");
    }
}

#[test]
fn the_tenants_role_is_assumed_by_those_it_trusts_for_one_tenant_at_a_time() {
    let template = template();
    let guard = Guard::new(&template);
    let tenant = tenant_role(&template);
    let tagged = |tags: &[(&str, &str)]| {
        let mut context: Context =
            tags.iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), vec![(*value).to_owned()])).collect();
        if !tags.is_empty() {
            context.insert("aws:TagKeys".to_owned(), tags.iter().map(|(key, _)| (*key).to_owned()).collect());
        }
        context
    };
    for (function, target, tags, allowed) in [
        ("Ingest", tenant.clone(), &[("tenant", TENANT)][..], true),
        ("Api", tenant.clone(), &[("tenant", TENANT)], true),
        ("Webhook", tenant.clone(), &[("tenant", TENANT)], false),
        ("Relay", tenant.clone(), &[("tenant", TENANT)], false),
        ("Ingest", tenant.clone(), &[], false),
        ("Ingest", tenant.clone(), &[("tenant", "*")], false),
        ("Ingest", tenant.clone(), &[("tenant", TENANT), ("more", "x")], false),
        ("Ingest", role(&template, "Sweep").role_arn, &[("tenant", TENANT)], false),
    ] {
        let trusted = guard.trust(&role(&template, function), &target, &tagged(tags)).is_ok();
        assert_eq!(trusted, allowed, "{function} as {target} with {tags:?}");
    }
}

#[test]
fn a_tenants_session_reaches_its_own_objects_and_secrets() {
    let template = template();
    let guard = Guard::new(&template);
    let tags = BTreeMap::from([("tenant".to_owned(), TENANT.to_owned())]);
    let session = Caller { role_arn: tenant_role(&template), tags };
    let stack = crate::template::STACK;
    let get = |of: &str| asked::of_secrets("GetSecretValue", &serde_json::json!({ "SecretId": of }));
    assert_eq!(guard.allow(&session, &get(&format!("{stack}/tenant/{TENANT}-1"))), Ok(()));
    assert!(guard.allow(&session, &get(&format!("{stack}/tenant/bbbbbbbbbbbbbbbb-1"))).is_err());
    let bucket = &template.buckets[0].name;
    let put = |of: &str| asked::of_s3(&axum::http::Method::PUT, &format!("/{bucket}/t/{of}/1"), "");
    assert_eq!(guard.allow(&session, &put(TENANT)), Ok(()));
    assert!(guard.allow(&session, &put("bbbbbbbbbbbbbbbb")).is_err());
}

#[test]
fn sweep_lists_what_was_spilled_or_given_up_and_nothing_else() {
    let template = template();
    let guard = Guard::new(&template);
    let bucket = &template.buckets[0].name;
    for (query, allowed) in [
        ("list-type=2&prefix=spill%2F", true),
        ("list-type=2&prefix=aws%2Flambda%2F", true),
        ("list-type=2&prefix=t%2F", false),
        ("", false),
    ] {
        let asked = asked::of_s3(&axum::http::Method::GET, &format!("/{bucket}/"), query);
        assert_eq!(guard.allow(&role(&template, "Sweep"), &asked).is_ok(), allowed, "{query}");
    }
}

//! What a call of SQS, S3, Secrets Manager or STS asks for, in IAM's words.
//! [Names](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::Value;
use url::form_urlencoded;

use crate::template::{queue_arn, secret_arn};

/// What conditions may speak of: key → values.
pub type Context = BTreeMap<String, Vec<String>>;

/// One thing that a call asks for. It is allowed if it is allowed on any of the names that the thing has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `sqs:SendMessage`.
    pub action: String,
    /// ARNs of one and the same thing.
    pub resources: Vec<String>,
    /// Beside the caller's own tags.
    pub context: Context,
}

/// A batch asks for what each of its entries would.
pub(super) fn of_sqs(operation: &str, body: &Value) -> Asked {
    let action = format!("sqs:{}", operation.strip_suffix("Batch").unwrap_or(operation));
    let named = ["SourceArn", "QueueUrl", "QueueName"].into_iter().find_map(|field| body[field].as_str());
    let name = named.map_or("*", |name| name.rsplit(['/', ':']).next().unwrap_or(name));
    Asked { action, resources: vec![queue_arn(name)], context: Context::new() }
}

/// AWS ends a secret's ARN with six letters that nobody chose; ours has none, so it goes by both.
pub(super) fn of_secrets(operation: &str, body: &Value) -> Asked {
    let named = body["SecretId"].as_str().or_else(|| body["Name"].as_str()).unwrap_or("*");
    let arn = secret_arn(named.rsplit_once(":secret:").map_or(named, |(_, name)| name));
    let action = format!("secretsmanager:{operation}");
    Asked { action, resources: vec![format!("{arn}-local0"), arn], context: Context::new() }
}

/// Buckets come first in the path, never in the host's name.
pub(super) fn of_s3(method: &Method, path: &str, query: &str) -> Asked {
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let action = match (method, key.is_empty()) {
        (&Method::GET | &Method::HEAD, true) => "s3:ListBucket",
        (&Method::GET | &Method::HEAD, false) => "s3:GetObject",
        (&Method::PUT | &Method::POST, false) => "s3:PutObject",
        (&Method::DELETE, false) => "s3:DeleteObject",
        (_, true) => "s3:CreateBucket",
        (_, false) => "s3:Unknown",
    };
    let resource = if key.is_empty() { bucket.to_owned() } else { format!("{bucket}/{}", decoded(key)) };
    let prefix = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "prefix");
    let context = prefix.map(|(_, prefix)| ("s3:prefix".to_owned(), vec![prefix.into_owned()]));
    Asked {
        action: action.to_owned(),
        resources: vec![format!("arn:aws:s3:::{resource}")],
        context: context.into_iter().collect(),
    }
}

/// A path without its percent signs; what is not well formed stays as it is.
fn decoded(path: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), path.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|pair| hex::decode(pair).ok());
        let eaten = if escaped.is_some() { 3 } else { 1 };
        bytes.extend(escaped.unwrap_or_else(|| vec![*first]));
        rest = &rest[eaten..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The role that is asked for, and what a trust policy may say of the tags.
pub(super) fn of_sts(form: &BTreeMap<String, String>) -> (String, Context) {
    let mut context = Context::new();
    for at in 1..=50 {
        let part = |name: &str| form.get(&format!("Tags.member.{at}.{name}")).cloned();
        let (Some(key), Some(value)) = (part("Key"), part("Value")) else { break };
        context.insert(format!("aws:RequestTag/{key}"), vec![value]);
        context.entry("aws:TagKeys".to_owned()).or_default().push(key);
    }
    (form.get("RoleArn").cloned().unwrap_or_default(), context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(action: &str, resources: &[&str]) -> Asked {
        let resources = resources.iter().map(|it| (*it).to_owned()).collect();
        Asked { action: action.to_owned(), resources, context: Context::new() }
    }

    #[test]
    fn a_call_of_a_queue_names_it_by_its_url_its_name_or_its_arn() {
        let arn = "arn:aws:sqs:us-east-1:000000000000:inbound.fifo";
        for (operation, body, action) in [
            (
                "SendMessageBatch",
                json!({ "QueueUrl": "http://127.0.0.1:1/000000000000/inbound.fifo" }),
                "sqs:SendMessage",
            ),
            ("GetQueueUrl", json!({ "QueueName": "inbound.fifo" }), "sqs:GetQueueUrl"),
            ("StartMessageMoveTask", json!({ "SourceArn": arn }), "sqs:StartMessageMoveTask"),
        ] {
            assert_eq!(of_sqs(operation, &body), asked(action, &[arn]));
        }
    }

    #[test]
    fn a_call_of_s3_names_an_object_or_lists_a_bucket() {
        for (method, path, action, resource) in [
            (Method::PUT, "/b/t/a%20b+c/1", "s3:PutObject", "arn:aws:s3:::b/t/a b+c/1"),
            (Method::HEAD, "/b/k", "s3:GetObject", "arn:aws:s3:::b/k"),
            (Method::DELETE, "/b/k=1&2=%", "s3:DeleteObject", "arn:aws:s3:::b/k=1&2=%"),
            (Method::GET, "/b", "s3:ListBucket", "arn:aws:s3:::b"),
            (Method::PUT, "/b/", "s3:CreateBucket", "arn:aws:s3:::b"),
        ] {
            assert_eq!(of_s3(&method, path, ""), asked(action, &[resource]));
        }
        let listed = of_s3(&Method::GET, "/b/", "list-type=2&prefix=spill%2F");
        assert_eq!(listed.context, Context::from([("s3:prefix".to_owned(), vec!["spill/".to_owned()])]));
    }

    #[test]
    fn a_secret_goes_by_its_name_or_its_arn() {
        let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:a/b-c";
        let both = [format!("{arn}-local0"), arn.to_owned()];
        let both = asked("secretsmanager:GetSecretValue", &[&both[0], &both[1]]);
        assert_eq!(of_secrets("GetSecretValue", &json!({ "SecretId": "a/b-c" })), both);
        assert_eq!(of_secrets("GetSecretValue", &json!({ "SecretId": arn })), both);
    }
}

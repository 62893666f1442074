//! What a function knows of where it runs: its environment, and nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::aws::sts::Sts;
use crate::ports::Endpoints;
use crate::template::{Function, REGION, Template};

/// How long a function's own credentials last. AWS renews them; a host that runs for a year is restarted once.
const CREDENTIALS: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The whole environment of each function, by logical id.
pub(crate) fn environments(
    template: &Template,
    endpoints: &Endpoints,
    sts: &Sts,
    overrules: &BTreeMap<String, String>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let each = template.functions.values();
    each.map(|function| (function.logical.clone(), environment(function, endpoints, sts, overrules))).collect()
}

fn environment(
    function: &Function,
    endpoints: &Endpoints,
    sts: &Sts,
    overrules: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let credentials = sts.issue(&function.role, BTreeMap::new(), CREDENTIALS);
    let memory = function.memory_mb.to_string();
    let log_group = format!("/aws/lambda/{}", function.name);
    let mut environment: BTreeMap<String, String> = [
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", &credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key),
        ("AWS_SESSION_TOKEN", &credentials.session_token),
        ("AWS_LAMBDA_FUNCTION_NAME", &function.name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        // Fail closed: a service without an address of its own here must not be the real one.
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &endpoints.dynamodb),
        ("AWS_ENDPOINT_URL_SQS", &endpoints.sqs),
        ("AWS_ENDPOINT_URL_S3", &endpoints.s3),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &endpoints.secrets_manager),
        ("AWS_ENDPOINT_URL_STS", &endpoints.sts),
        ("TZ", ":UTC"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    environment.extend(function.environment.clone());
    let known = |(name, _): &(&String, &String)| environment.contains_key(*name);
    let overruled: Vec<_> = overrules.iter().filter(known).map(|(name, value)| (name.clone(), value.clone())).collect();
    environment.extend(overruled);
    environment
}

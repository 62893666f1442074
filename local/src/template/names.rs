//! What `Ref` and `Fn::GetAtt` answer on one machine: names, addresses and ARNs of the emulated account.

use serde_json::Value;

use super::Refusal;
use super::intrinsics::Scope;

/// The account number of everything local.
pub const ACCOUNT: &str = "000000000000";
/// The region of everything local.
pub const REGION: &str = "us-east-1";
/// The stack's name, from which resources without a name of their own take theirs.
pub const STACK: &str = "switchboard";

/// Addresses that only the running host knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The SQS emulator, e.g. `http://127.0.0.1:40001`; a queue's URL is this, the account and its name.
    pub sqs: String,
    /// The gateway, e.g. `http://127.0.0.1:8787`.
    pub gateway: String,
}

/// Answers references. Which property names a resource, and which attributes it has, is a matter of its type.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) addresses: Addresses,
}

impl Names {
    pub(super) fn reference(&self, scope: &Scope<'_>, target: &str, at: &str, depth: usize) -> Result<String, Refusal> {
        if let Some(pseudo) = pseudo_parameter(target) {
            return Ok(pseudo.to_owned());
        }
        let kind = kind_of(scope, target, at)?;
        let name = self.physical(scope, target, &kind, at, depth)?;
        Ok(match kind.as_str() {
            "AWS::SQS::Queue" => self.queue_url(&name),
            "AWS::SecretsManager::Secret" => secret_arn(&name),
            _ => name,
        })
    }

    pub(super) fn attribute(
        &self,
        scope: &Scope<'_>,
        logical: &str,
        attribute: &str,
        at: &str,
        depth: usize,
    ) -> Result<String, Refusal> {
        let kind = kind_of(scope, logical, at)?;
        let name = self.physical(scope, logical, &kind, at, depth)?;
        let regional = |service: &str, rest: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
        Ok(match (kind.as_str(), attribute) {
            ("AWS::SQS::Queue", "Arn") => queue_arn(&name),
            ("AWS::SQS::Queue", "QueueName") => name,
            ("AWS::SQS::Queue", "QueueUrl") => self.queue_url(&name),
            ("AWS::DynamoDB::Table", "Arn") => table_arn(&name),
            ("AWS::DynamoDB::Table", "StreamArn") => stream_arn(&name),
            ("AWS::S3::Bucket", "Arn") => format!("arn:aws:s3:::{name}"),
            ("AWS::S3::Bucket", "RegionalDomainName" | "DomainName") => format!("{name}.s3.{REGION}.amazonaws.com"),
            ("AWS::Serverless::Function" | "AWS::Lambda::Function", "Arn") => function_arn(&name),
            ("AWS::IAM::Role", "Arn") => role_arn(&name),
            ("AWS::KMS::Key", "Arn") => regional("kms", &format!("key/{name}")),
            ("AWS::SecretsManager::Secret", "Id") => secret_arn(&name),
            ("AWS::Logs::LogGroup", "Arn") => regional("logs", &format!("log-group:{name}:*")),
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => self.addresses.gateway.clone(),
            ("AWS::ApiGatewayV2::Api", "ApiId") => name,
            ("AWS::SNS::Topic", "TopicArn") => regional("sns", &name),
            ("AWS::CloudFront::Distribution", "DomainName") => authority(&self.addresses.gateway),
            ("AWS::CloudWatch::Alarm", "Arn") => regional("cloudwatch", &format!("alarm:{name}")),
            (_, "Id") if kind.starts_with("AWS::CloudFront::") => name,
            (_, "Arn" | "FunctionARN" | "FunctionMetadata.FunctionARN") if kind.starts_with("AWS::CloudFront::") => {
                format!("arn:aws:cloudfront::{ACCOUNT}:{name}")
            }
            _ => return Err(Refusal::new(at, format!("{kind} {logical} has no attribute {attribute}"))),
        })
    }

    /// The name that a resource gave itself, or one made of the stack's name and its logical id.
    pub(super) fn physical(
        &self,
        scope: &Scope<'_>,
        logical: &str,
        kind: &str,
        at: &str,
        depth: usize,
    ) -> Result<String, Refusal> {
        let own = match kind {
            "AWS::SQS::Queue" => "QueueName",
            "AWS::DynamoDB::Table" => "TableName",
            "AWS::S3::Bucket" => "BucketName",
            "AWS::IAM::Role" => "RoleName",
            "AWS::Serverless::Function" | "AWS::Lambda::Function" => "FunctionName",
            "AWS::Logs::LogGroup" => "LogGroupName",
            "AWS::CloudWatch::Alarm" => "AlarmName",
            "AWS::CloudWatch::Dashboard" => "DashboardName",
            "AWS::SecretsManager::Secret" | "AWS::Scheduler::Schedule" => "Name",
            "AWS::ApiGatewayV2::Stage" => "StageName",
            "AWS::SNS::Topic" => "TopicName",
            _ => "",
        };
        match &scope.document["Resources"][logical]["Properties"][own] {
            Value::Null => Ok(default_name(logical, kind)),
            named => scope.text(named, at, depth),
        }
    }

    fn queue_url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.addresses.sqs)
    }
}

/// A bucket's name must be in lower case; CloudFormation makes it so as well.
fn default_name(logical: &str, kind: &str) -> String {
    let name = format!("{STACK}-{logical}");
    if kind == "AWS::S3::Bucket" { name.to_lowercase() } else { name }
}

fn kind_of(scope: &Scope<'_>, logical: &str, at: &str) -> Result<String, Refusal> {
    if let Some(kind) = scope.document["Resources"][logical]["Type"].as_str() {
        return Ok(kind.to_owned());
    }
    // SAM makes a function's role and names it so.
    if let Some(function) = logical.strip_suffix("Role")
        && scope.document["Resources"][function]["Type"] == "AWS::Serverless::Function"
    {
        return Ok("AWS::IAM::Role".to_owned());
    }
    Err(Refusal::new(at, format!("neither a parameter nor a resource is called {logical}")))
}

fn pseudo_parameter(name: &str) -> Option<&'static str> {
    Some(match name {
        "AWS::Region" => REGION,
        "AWS::AccountId" => ACCOUNT,
        "AWS::StackName" => STACK,
        "AWS::StackId" => "arn:aws:cloudformation:us-east-1:000000000000:stack/switchboard/local",
        "AWS::Partition" => "aws",
        "AWS::URLSuffix" => "amazonaws.com",
        _ => return None,
    })
}

fn authority(url: &str) -> String {
    url.split_once("://").map_or(url, |(_, authority)| authority).to_owned()
}

/// The ARN of a queue of the local account.
pub fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The ARN of a table of the local account.
pub fn table_arn(name: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")
}

/// The ARN of a table's stream. AWS ends it with the time the stream was switched on; ours is there from the first.
pub fn stream_arn(table: &str) -> String {
    format!("{}/stream/local", table_arn(table))
}

/// The ARN of a function of the local account.
pub fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

/// The ARN of a role of the local account.
pub fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// The ARN of a secret of the local account, without the six random letters that AWS appends.
pub fn secret_arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}")
}

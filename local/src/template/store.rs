//! What keeps things: queues, tables, buckets and secrets, as the services' own calls want them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Resources};

/// A queue and the attributes that `CreateQueue` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its logical id in the template.
    pub logical: String,
    /// Its name; a FIFO queue's ends in `.fifo`.
    pub name: String,
    /// SQS attributes, as text.
    pub attributes: BTreeMap<String, String>,
}

impl Queue {
    /// The name of the queue that takes what this one gives up.
    pub fn dead_letter_queue(&self) -> Option<String> {
        let policy: Value = serde_json::from_str(self.attributes.get("RedrivePolicy")?).ok()?;
        policy["deadLetterTargetArn"].as_str()?.rsplit(':').next().map(str::to_owned)
    }
}

/// A table: the `CreateTable` request, and what is set by other calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its logical id in the template.
    pub logical: String,
    /// Its name.
    pub name: String,
    /// The request of `CreateTable`.
    pub request: Value,
    /// The attribute that holds an item's end in epoch seconds.
    pub ttl_attribute: Option<String>,
    /// Whether its changes make a stream.
    pub has_stream: bool,
}

/// A bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its logical id in the template.
    pub logical: String,
    /// Its name.
    pub name: String,
    /// What browsers may ask of it from other origins.
    pub cors: Vec<CorsRule>,
}

/// Who may ask a bucket from a page of another origin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CorsRule {
    /// Methods.
    #[serde(rename = "AllowedMethods")]
    pub methods: Vec<String>,
    /// Origins, or `*`.
    #[serde(rename = "AllowedOrigins")]
    pub origins: Vec<String>,
    /// Headers that a page may add, or `*`.
    #[serde(rename = "AllowedHeaders", default)]
    pub headers: Vec<String>,
}

impl CorsRule {
    pub(crate) fn allows(&self, origin: &str, method: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == "*" || allowed == origin)
            && self.methods.iter().any(|m| m == method)
    }
}

/// A secret. Where the template wants a random one, the host makes it once and keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its logical id in the template.
    pub logical: String,
    /// Its name.
    pub name: String,
    /// The text it begins with, where the template states one.
    pub text: Option<String>,
    /// What to make up, where the template asks for that.
    pub generate: Option<Generate>,
}

/// How Secrets Manager makes a random secret:
/// [GenerateSecretString](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Generate {
    /// JSON to which the generated value is added.
    pub secret_string_template: Option<String>,
    /// The key it is added under.
    pub generate_string_key: Option<String>,
    /// Characters that may not be in it.
    pub exclude_characters: String,
    /// Its length; 32 if absent.
    pub password_length: Option<usize>,
    /// No punctuation.
    pub exclude_punctuation: bool,
    /// No capitals.
    pub exclude_uppercase: bool,
    /// No small letters.
    pub exclude_lowercase: bool,
    /// No digits.
    pub exclude_numbers: bool,
}

pub(super) fn queues(resources: &Resources) -> Result<Vec<Queue>, Refusal> {
    let mut queues = Vec::new();
    for resource in resources.of("AWS::SQS::Queue") {
        let mut attributes = BTreeMap::new();
        for (name, value) in resource.properties.as_object().into_iter().flatten() {
            let text = match (name.as_str(), value) {
                ("QueueName" | "Tags", _) => continue,
                (_, Value::String(text)) => text.clone(),
                (_, other) => other.to_string(), // Numbers and booleans, and the policies as JSON: as SQS wants them.
            };
            attributes.insert(name.clone(), text);
        }
        let is_fifo = attributes.get("FifoQueue").is_some_and(|text| text == "true");
        if is_fifo != resource.name.ends_with(".fifo") {
            return Err(Refusal::new(&resource.logical, "a FIFO queue's name, and no other, ends in .fifo"));
        }
        queues.push(Queue { logical: resource.logical.clone(), name: resource.name.clone(), attributes });
    }
    Ok(queues)
}

pub(super) fn tables(resources: &Resources) -> Result<Vec<Table>, Refusal> {
    resources
        .of("AWS::DynamoDB::Table")
        .map(|resource| {
            let stated = &resource.properties;
            let view = &stated["StreamSpecification"]["StreamViewType"];
            let mut request = json!({ "TableName": resource.name, "BillingMode": "PAY_PER_REQUEST" });
            for property in ["AttributeDefinitions", "KeySchema"] {
                request[property] = stated[property].clone();
            }
            if let Some(indexes) = stated["GlobalSecondaryIndexes"].as_array() {
                let index = |stated: &Value| {
                    json!({ "IndexName": stated["IndexName"], "KeySchema": stated["KeySchema"],
                            "Projection": stated["Projection"] })
                };
                request["GlobalSecondaryIndexes"] = indexes.iter().map(index).collect();
            }
            if !view.is_null() {
                request["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
            }
            let ttl = &stated["TimeToLiveSpecification"];
            let ttl_attribute = ttl["AttributeName"].as_str().filter(|_| is_true(&ttl["Enabled"]));
            Ok(Table {
                logical: resource.logical.clone(),
                name: resource.name.clone(),
                request,
                ttl_attribute: ttl_attribute.map(str::to_owned),
                has_stream: !view.is_null(),
            })
        })
        .collect()
}

pub(super) fn buckets(resources: &Resources) -> Result<Vec<Bucket>, Refusal> {
    let rules = |resource: &super::Resource| match &resource.properties["CorsConfiguration"]["CorsRules"] {
        Value::Null => Ok(Vec::new()),
        rules => super::typed(&resource.logical, rules),
    };
    resources
        .of("AWS::S3::Bucket")
        .map(|resource| {
            let (logical, name) = (resource.logical.clone(), resource.name.clone());
            Ok(Bucket { logical, name, cors: rules(resource)? })
        })
        .collect()
}

pub(super) fn secrets(resources: &Resources) -> Result<Vec<Secret>, Refusal> {
    resources
        .of("AWS::SecretsManager::Secret")
        .map(|resource| {
            let generate = &resource.properties["GenerateSecretString"];
            Ok(Secret {
                logical: resource.logical.clone(),
                name: resource.name.clone(),
                text: resource.properties["SecretString"].as_str().map(str::to_owned),
                generate: if generate.is_null() { None } else { Some(super::typed(&resource.logical, generate)?) },
            })
        })
        .collect()
}

/// CloudFormation takes `true` and `"true"` alike.
pub(super) fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || value == "true"
}

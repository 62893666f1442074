//! A request as the doubles see it.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde::Serialize;
use serde_json::{Value, json};

/// Whom a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    DynamoDb,
    Sqs,
    S3,
    SecretsManager,
    Sts,
    Connections,
    Graph,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function that asks; `auditor` meets no fault.
    pub caller: String,
    pub service: Service,
    pub action: String,
    /// The tenant whose session signed it.
    pub tenant: Option<String>,
    /// The access token that it shows Graph.
    pub access_token: Option<String>,
    pub method: String,
    /// Path and query.
    pub path: String,
    pub body: Vec<u8>,
}

/// What a double answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

pub(super) const AUDITOR: &str = "auditor";

impl Call {
    /// Reads it off the wire: the host says who asks whom (`http://dynamodb.ingest.sim`).
    pub fn of(request: &HttpRequest) -> Self {
        let uri = request.uri();
        let rest = uri.strip_prefix("http://").unwrap_or(uri);
        let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        // The bucket stands before its host, as S3 has it.
        let (host, path) = match host.strip_prefix("bucket.") {
            Some(host) => (host, format!("/bucket{path}")),
            None => (host, path.to_owned()),
        };
        let mut labels = host.split('.');
        let service = match labels.next() {
            Some("sqs") => Service::Sqs,
            Some("s3") => Service::S3,
            Some("secrets") => Service::SecretsManager,
            Some("sts") => Service::Sts,
            Some("connections") => Service::Connections,
            _ => Service::DynamoDb,
        };
        let caller = labels.next().unwrap_or_default().to_owned();
        let body = request.body().bytes().map(<[u8]>::to_vec).unwrap_or_default();
        let target = request.headers().get("x-amz-target").and_then(|t| t.rsplit('.').next());
        let action = target.map_or_else(|| action(service, request.method(), &path), str::to_owned);
        let credential = request.headers().get("authorization").and_then(|a| a.split("Credential=").nth(1));
        let tenant = credential.and_then(|c| c.split('/').next()).and_then(|c| c.strip_prefix("TENANT"));
        let (tenant, method) = (tenant.map(str::to_owned), request.method().to_owned());
        Self { caller, service, action, tenant, access_token: None, method, path, body }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

fn action(service: Service, method: &str, path: &str) -> String {
    match service {
        Service::Sts => "AssumeRole".to_owned(),
        Service::S3 if path.contains("list-type=2") => "ListObjectsV2".to_owned(),
        _ => format!("{}{}", &method[..1], method[1..].to_lowercase()),
    }
}

impl Answer {
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        Self { status, body: serde_json::to_vec(body).expect("its keys are texts") }
    }

    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into() }
    }

    /// An error in the words of its service.
    pub fn error(service: Service, status: u16, code: &str) -> Self {
        match service {
            Service::S3 => {
                Self::text(status, format!("<Error><Code>{code}</Code><Message>simulated</Message></Error>"))
            }
            Service::Sts => Self::text(
                status,
                format!(
                    "<ErrorResponse><Error><Code>{code}</Code><Message>simulated</Message></Error></ErrorResponse>"
                ),
            ),
            _ => Self::json(status, &json!({ "__type": code, "message": "simulated" })),
        }
    }

    pub(super) fn into_response(self, service: Service) -> HttpResponse {
        let kind = match service {
            Service::S3 | Service::Sts => "application/xml",
            Service::DynamoDb | Service::Sqs => "application/x-amz-json-1.0",
            Service::SecretsManager | Service::Connections | Service::Graph => "application/x-amz-json-1.1",
        };
        let status = http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::new(status.into(), SdkBody::from(self.body));
        response.headers_mut().insert("content-type", kind);
        response
    }
}

//! What leaves the process: the request, signed.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_types::region::Region;

use super::*;

/// A request's method, address and headers.
type Asked = (String, String, Vec<(String, String)>);

/// Answers as it is told once, and then breaks the connection.
#[derive(Clone, Debug, Default)]
struct Service {
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut headers: Vec<_> = request.headers().iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        headers.sort();
        let mut asked = self.asked.lock().unwrap();
        asked.push((request.method().to_owned(), request.uri().to_owned(), headers));
        HttpConnectorFuture::ready(if asked.len() == 1 {
            let mut answer = HttpResponse::new(410.try_into().unwrap(), SdkBody::from("gone"));
            answer.headers_mut().insert("x-amzn-requestid", "r1");
            Ok(answer)
        } else {
            Err(ConnectorError::io("the connection broke".into()))
        })
    }
}

#[derive(Debug)]
struct Noon;

impl TimeSource for Noon {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)
    }
}

fn caller(service: Service) -> Caller {
    let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
    let config = SdkConfig::builder()
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .time_source(Noon)
        .build();
    Caller::new("execute-api", &config, SharedHttpConnector::new(service))
}

/// The signature was reckoned by botocore.
#[tokio::test]
async fn a_call_is_signed_and_an_answer_of_any_status_is_an_answer() {
    let service = Service::default();
    let url = "https://a1b2.execute-api.eu-west-1.amazonaws.com/live/@connections/L0SM9cOFIAMCIdw%3D";
    let call = Call::new(Method::POST, url, &[], Bytes::from_static(br#"{"type":"pong"}"#));
    let caller = caller(service.clone());
    let answer = caller.once(&call).await.unwrap();
    assert_eq!((answer.status, answer.request_id.as_str(), &answer.body[..]), (410, "r1", &b"gone"[..]));
    let signature = "AWS4-HMAC-SHA256 Credential=AKID/20261118/eu-west-1/execute-api/aws4_request, \
        SignedHeaders=host;x-amz-date;x-amz-security-token, \
        Signature=a4a5b2b2456069dfd2aea4558f44a0bfd38d0b32227902f0cd5e643210d8a9fa";
    let headers = [("authorization", signature), ("x-amz-date", "20261118T110640Z"), ("x-amz-security-token", "token")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    assert_eq!(*service.asked.lock().unwrap(), [("POST".to_owned(), url.to_owned(), headers)]);

    let silence = caller.once(&call).await.err().unwrap();
    assert!(matches!(silence, NotAnswered::Silence(_)), "{silence}");
}

#[tokio::test]
async fn who_prints_a_caller_sees_no_secret() {
    let credentials = Credentials::new("AKID", "hushed", Some("token".to_owned()), None, "test");
    let signer = Signer::new("sqs", "eu-west-1".to_owned());
    let uri = "https://sqs.test/".parse().unwrap();
    let signed = Signed { method: "POST", uri: &uri, hash: "" };
    let mut headers = http::HeaderMap::new();
    signer.sign(&signed, &mut headers, &credentials, Noon.now()).unwrap();
    let printed = format!("{signer:?} {headers:?}");
    assert!(printed.contains("20261118") && !printed.contains("hushed") && !printed.contains("\"token\""), "{printed}");
}

#[tokio::test]
async fn what_has_no_address_never_leaves() {
    let service = Service::default();
    let call = Call::new(Method::DELETE, "no address", &[], Bytes::new());
    let unmade = caller(service.clone()).once(&call).await.err().unwrap();
    assert!(matches!(unmade, NotAnswered::Unmade(_)), "{unmade}");
    assert_eq!(*service.asked.lock().unwrap(), []);
}

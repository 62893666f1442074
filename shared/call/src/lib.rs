//! A call of AWS by hand: signed, sent once over the HTTP client that the SDK's clients share, and answered.
//!
//! For the two calls that the system makes most, a record sent and a frame posted: through the SDK's clients they were most of what the intake
//! and the frames spent their CPU on.

mod sign;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt;
use ring::digest::{SHA256, digest};
use sign::{Signed, Signer};

/// Longest that a call may take, to the end of its answer.
const LONGEST: Duration = Duration::from_secs(4);

/// What the calls of one service are made with.
#[derive(Clone, Debug)]
pub struct Caller {
    signer: Arc<Signer>,
    connector: SharedHttpConnector,
    credentials: SharedCredentialsProvider,
    endpoint: Option<String>,
    time: SharedTimeSource,
    sleep: SharedAsyncSleep,
}

/// What is asked, ready to be signed as often as it is tried.
#[derive(Clone)]
pub struct Call<'a> {
    method: Method,
    url: &'a str,
    headers: &'a [(HeaderName, HeaderValue)],
    body: Bytes,
    hash: String,
}

impl<'a> Call<'a> {
    /// `url` is percent-encoded already, and has no query.
    pub fn new(method: Method, url: &'a str, headers: &'a [(HeaderName, HeaderValue)], body: Bytes) -> Self {
        let hash = hex::encode(digest(&SHA256, &body));
        Self { method, url, headers, body, hash }
    }
}

/// What the service said, whether it did what was asked or not.
pub struct Answer {
    pub status: u16,
    /// For whoever asks AWS about it; empty where it said none.
    pub request_id: String,
    pub body: Bytes,
}

type Cause = Box<dyn Error + Send + Sync>;

/// Why there is no answer.
#[derive(Debug)]
pub enum NotAnswered {
    /// It may have been done.
    Silence(Cause),
    /// It never left.
    Unmade(Cause),
}

impl fmt::Display for NotAnswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence(why) => write!(f, "it gave no answer: {why}"),
            Self::Unmade(why) => write!(f, "the call cannot be made: {why}"),
        }
    }
}

impl Error for NotAnswered {}

impl Caller {
    /// With the region, credentials and endpoint of an SDK client, over the connector under it; `service` as signatures name it. Panics
    /// where region or credentials are not set.
    pub fn new(service: &'static str, config: &SdkConfig, connector: SharedHttpConnector) -> Self {
        let region = config.region().expect("a function has a region").to_string();
        Self {
            signer: Arc::new(Signer::new(service, region)),
            connector,
            credentials: config.credentials_provider().expect("a function has credentials"),
            endpoint: config.endpoint_url().map(str::to_owned),
            time: config.time_source().unwrap_or_else(|| SharedTimeSource::new(SystemTimeSource::new())),
            sleep: config.sleep_impl().unwrap_or_else(|| SharedAsyncSleep::new(TokioSleep::new())),
        }
    }

    /// Where the service is, if the configuration says so.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Timed by what times the calls.
    pub async fn pause(&self, pause: Duration) {
        self.sleep.sleep(pause).await;
    }

    /// Makes the call once.
    pub async fn once(&self, call: &Call<'_>) -> Result<Answer, NotAnswered> {
        let request = self.signed(call).await.map_err(NotAnswered::Unmade)?;
        match Timeout::new(self.answer(request), self.sleep.sleep(LONGEST)).await {
            Ok(result) => result.map_err(NotAnswered::Silence),
            Err(late) => Err(NotAnswered::Silence(late.into())),
        }
    }

    async fn signed(&self, call: &Call<'_>) -> Result<HttpRequest, Cause> {
        let mut request = Request::new(SdkBody::from(call.body.clone()));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = call.url.parse()?;
        request.headers_mut().extend(call.headers.iter().cloned());
        let credentials = self.credentials.provide_credentials().await?;
        let uri = request.uri().clone();
        let signed = Signed { method: call.method.as_str(), uri: &uri, hash: &call.hash };
        self.signer.sign(&signed, request.headers_mut(), &credentials, self.time.now())?;
        Ok(HttpRequest::try_from(request)?)
    }

    async fn answer(&self, request: HttpRequest) -> Result<Answer, Cause> {
        let answer = self.connector.call(request).await?;
        let status = answer.status().as_u16();
        let request_id = answer.headers().get("x-amzn-requestid").unwrap_or_default().to_owned();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok(Answer { status, request_id, body })
    }
}

#[cfg(test)]
mod tests;

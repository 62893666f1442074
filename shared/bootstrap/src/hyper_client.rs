//! The HTTP client under the AWS clients: hyper over rustls, HTTP/1.1 alone.
//!
//! The SDK's own client always carries HTTP/2, which no service here is asked in: 0.8 MB of each artifact.

use std::{error::Error, time::Duration};

use aws_smithy_runtime_api::client::{
    connection::{CaptureSmithyConnection, ConnectionMetadata},
    http::{HttpConnector, HttpConnectorFuture},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use http::{Request, Response};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{CaptureConnection, HttpConnector as Tcp, capture_connection};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::http::CONNECT_TIMEOUT;

#[derive(Debug)]
pub(crate) struct Hyper {
    client: Client<HttpsConnector<Tcp>, SdkBody>,
    read_timeout: Duration,
}

impl Hyper {
    /// Trusts as `tls` says, and takes `http://` endpoints too. `read_timeout` is from the request to the answer's head, the
    /// connection's making included.
    pub(crate) fn new(tls: rustls::ClientConfig, read_timeout: Duration) -> Self {
        let mut tcp = Tcp::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Self { client, read_timeout }
    }
}

impl HttpConnector for Hyper {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(fault) => return HttpConnectorFuture::ready(Err(ConnectorError::user(fault.into()))),
        };
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&connection));
        }
        let (client, read_timeout) = (self.client.clone(), self.read_timeout);
        HttpConnectorFuture::new(async move {
            let answer = answer(&client, request, read_timeout).await?;
            HttpResponse::try_from(answer).map_err(|fault| ConnectorError::other(fault.into(), None))
        })
    }
}

async fn answer(
    client: &Client<HttpsConnector<Tcp>, SdkBody>,
    request: Request<SdkBody>,
    read_timeout: Duration,
) -> Result<Response<SdkBody>, ConnectorError> {
    let answer = tokio::time::timeout(read_timeout, client.request(request)).await;
    answer
        .map_err(|late| ConnectorError::timeout(late.into()))?
        .map(|answer| answer.map(SdkBody::from_body_1_x))
        .map_err(failed)
}

/// By which the SDK has a connection closed that gave it a transient error.
fn metadata(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    let known = connection.connection_metadata().is_some();
    let connection = connection.clone();
    let poison = move || {
        if let Some(it) = connection.connection_metadata().as_ref() {
            it.poison();
        }
    };
    known.then(|| ConnectionMetadata::builder().proxied(false).poison_fn(poison).build())
}

/// What the SDK may do next: `io` and what is transient it tries again.
fn failed(fault: ClientError) -> ConnectorError {
    let of_hyper = cause::<hyper::Error>(&fault);
    let lost = |it: &hyper::Error| it.is_closed() || it.is_canceled();
    if fault.is_connect() || of_hyper.is_some_and(lost) || cause::<std::io::Error>(&fault).is_some() {
        ConnectorError::io(fault.into())
    } else if of_hyper.is_some_and(hyper::Error::is_user) {
        ConnectorError::user(fault.into())
    } else if of_hyper.is_some_and(hyper::Error::is_incomplete_message) {
        ConnectorError::other(fault.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(fault.into(), None)
    }
}

fn cause<'a, E: Error + 'static>(fault: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(fault), |&fault| fault.source()).find_map(|fault| fault.downcast_ref())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn hyper(read_timeout: Duration) -> Hyper {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let tls = tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
        Hyper::new(tls, read_timeout)
    }

    /// A server that answers each request of a connection with these bytes, and none when there are none. What it returns
    /// counts its connections.
    async fn server(answer: &'static str) -> (String, Arc<Mutex<usize>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(Mutex::new(0));
        let counted = connections.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                *counted.lock().unwrap() += 1;
                tokio::spawn(async move {
                    let mut heard = [0; 4096];
                    while stream.read(&mut heard).await.is_ok_and(|bytes| bytes > 0) {
                        stream.write_all(answer.as_bytes()).await.unwrap();
                        if !answer.is_empty() && !answer.contains("\r\n\r\n") {
                            return; // It breaks off in the midst of the head.
                        }
                    }
                });
            }
        });
        (address, connections)
    }

    async fn ask(hyper: &Hyper, address: &str) -> Result<HttpResponse, ConnectorError> {
        let request = http::Request::get(address).body(SdkBody::from("{}")).unwrap();
        hyper.call(HttpRequest::try_from(request).unwrap()).await
    }

    #[tokio::test]
    async fn an_answer_comes_whole_and_its_connection_serves_the_next() {
        let (address, connections) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
        let hyper = hyper(Duration::from_secs(60));
        for _ in 0..3 {
            let mut answer = ask(&hyper, &address).await.unwrap();
            let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
            let body = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
            assert_eq!((answer.status().as_u16(), &body[..]), (200, &b"hi"[..]));
        }
        assert_eq!(*connections.lock().unwrap(), 1);
    }

    #[tokio::test]
    async fn a_connection_that_the_sdk_gives_up_is_not_used_again() {
        let (address, connections) = server("HTTP/1.1 503 Oh\r\ncontent-length: 0\r\n\r\n").await;
        let hyper = hyper(Duration::from_secs(60));
        for _ in 0..3 {
            let capture = CaptureSmithyConnection::new();
            let mut request = http::Request::get(&address).body(SdkBody::empty()).unwrap();
            request.extensions_mut().insert(capture.clone());
            hyper.call(HttpRequest::try_from(request).unwrap()).await.unwrap();
            capture.get().unwrap().poison();
        }
        assert_eq!(*connections.lock().unwrap(), 3);
    }

    #[tokio::test]
    async fn each_failure_says_whether_to_try_again() {
        let (silent, _) = server("").await;
        let late = ask(&hyper(Duration::from_millis(1)), &silent).await.unwrap_err();
        assert!(late.is_timeout(), "{late:?}");
        let (broken, _) = server("HTTP/1.1 200").await;
        let broken = ask(&hyper(Duration::from_secs(60)), &broken).await.unwrap_err();
        assert_eq!(broken.as_other(), Some(ErrorKind::TransientError), "{broken:?}");
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let refused = ask(&hyper(Duration::from_secs(60)), &format!("http://{closed}")).await.unwrap_err();
        assert!(refused.is_io(), "{refused:?}");
    }
}

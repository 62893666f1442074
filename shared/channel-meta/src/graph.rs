//! One call of Graph, and what may be concluded from its answer or from the lack of one.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Request, RequestBuilder, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::probe::GraphAddress;
use crate::upload::{self, FileBody, FileForm};

/// A client of Graph.
#[derive(Clone)]
pub struct Graph {
    client: Client,
    address: GraphAddress,
    carrier: Option<Carrier>,
}

/// Carries a request instead of the network and brings back status and body: where a simulation plays Graph.
pub type Carrier = Arc<dyn Fn(Request) -> Carried + Send + Sync>;

/// A request on its way.
pub type Carried = Pin<Box<dyn Future<Output = Result<(StatusCode, Vec<u8>), Lost>> + Send>>;

/// Why there is no answer, in words that hold no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The request never left.
    Before(String),
    /// It left, or may have.
    After(String),
}

/// An error as Graph words it. Build on `code`.
/// [Envelope](https://developers.facebook.com/docs/graph-api/guides/error-handling).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct GraphError {
    pub code: i64,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub is_transient: bool,
    #[serde(default)]
    pub error_data: Option<ErrorData>,
    /// What it says to whoever asked, where it does.
    #[serde(default)]
    pub error_user_msg: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ErrorData {
    pub details: Option<String>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 2xx, with its body.
    Done(Vec<u8>),
    /// Graph says why not: it did nothing.
    Refused(StatusCode, GraphError),
    /// A 4xx that is not in Graph's words: it did nothing either.
    Rejected(StatusCode),
    /// The request never left: no connection.
    NotSent(String),
    /// It left, and what came of it cannot be told.
    Unknown(String),
}

impl Graph {
    /// `client`'s own timeout bounds each call.
    pub fn new(client: Client, address: GraphAddress) -> Self {
        Self { client, address, carrier: None }
    }

    /// With this in the network's place.
    #[must_use]
    pub fn carried_by(self, carrier: Carrier) -> Self {
        Self { carrier: Some(carrier), ..self }
    }

    /// Reads `path` below the version.
    pub async fn get(&self, path: &str, query: &[(&str, &str)], access_token: &str) -> Reply {
        let url = format!("{}/{}/{path}", self.address.base_url, self.address.version);
        let Ok(url) = reqwest::Url::parse_with_params(&url, query) else {
            return Reply::NotSent("the address of Graph is none".to_owned());
        };
        self.told(self.client.get(url).bearer_auth(access_token)).await
    }

    /// Reads `path` below the version for nobody: what the app itself asks, by what the query holds.
    pub async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Reply {
        let url = format!("{}/{}/{path}", self.address.base_url, self.address.version);
        let Ok(url) = reqwest::Url::parse_with_params(&url, query) else {
            return Reply::NotSent("the address of Graph is none".to_owned());
        };
        self.told(self.client.get(url)).await
    }

    /// Deletes `path` below the version.
    pub async fn delete(&self, path: &str, access_token: &str) -> Reply {
        let url = format!("{}/{}/{path}", self.address.base_url, self.address.version);
        self.told(self.client.delete(url).bearer_auth(access_token)).await
    }

    /// Posts JSON to `path` below the version.
    pub async fn post(&self, path: &str, access_token: &str, body: &impl Serialize) -> Reply {
        let url = format!("{}/{}/{path}", self.address.base_url, self.address.version);
        self.told(self.client.post(url).bearer_auth(access_token).json(body)).await
    }

    async fn told(&self, request: RequestBuilder) -> Reply {
        let answered = match (&self.carrier, request.build()) {
            (_, Err(error)) => Err(lost(error)),
            (Some(carrier), Ok(request)) => carrier(request).await,
            (None, Ok(request)) => self.over_the_network(request).await,
        };
        match answered {
            Ok((status, body)) => judge(status, body),
            Err(Lost::Before(why)) => Reply::NotSent(why),
            Err(Lost::After(why)) => Reply::Unknown(why),
        }
    }

    async fn over_the_network(&self, request: Request) -> Result<(StatusCode, Vec<u8>), Lost> {
        let reply = self.client.execute(request).await.map_err(lost)?;
        let status = reply.status();
        // It was answered, so it had left.
        let body = reply.bytes().await.map_err(|error| Lost::After(error.without_url().to_string()))?;
        Ok((status, body.to_vec()))
    }

    /// Posts a file to `path` below the version. It passes through, piece by piece.
    pub async fn upload(&self, path: &str, access_token: &str, form: &FileForm<'_>, body: FileBody) -> Reply {
        let url = format!("{}/{}/{path}", self.address.base_url, self.address.version);
        let request = self.client.post(url).bearer_auth(access_token).timeout(upload::WITHIN);
        self.told(upload::multipart(request, form, body)).await
    }

    /// Begins an upload to the app: the answer's `id` is where the bytes go.
    /// [Resumable upload](https://developers.facebook.com/docs/graph-api/guides/upload).
    pub async fn begin_upload(&self, app_id: &str, access_token: &str, form: &FileForm<'_>) -> Reply {
        let url = format!("{}/{}/{app_id}/uploads", self.address.base_url, self.address.version);
        let length = form.bytes.to_string();
        let query = [("file_name", form.file_name), ("file_length", &*length), ("file_type", form.mime_type)];
        let Ok(url) = reqwest::Url::parse_with_params(&url, query) else {
            return Reply::NotSent("the address of Graph is none".to_owned());
        };
        self.told(self.client.post(url).bearer_auth(access_token)).await
    }

    /// Sends such an upload its bytes, all of them: the answer's `h` is its handle. The id may end in a query of its own.
    pub async fn fill_upload(
        &self,
        id: &str,
        access_token: &str,
        bytes: u64,
        body: FileBody,
        within: Duration,
    ) -> Reply {
        let url = format!("{}/{}/{id}", self.address.base_url, self.address.version);
        let request = self.client.post(url).header(header::AUTHORIZATION, format!("OAuth {access_token}"));
        self.told(upload::plain(request.header("file_offset", "0").timeout(within), bytes, body)).await
    }
}

fn lost(error: reqwest::Error) -> Lost {
    let never_left = error.is_connect() || error.is_builder();
    let why = error.without_url().to_string();
    if never_left { Lost::Before(why) } else { Lost::After(why) }
}

#[derive(Deserialize)]
struct Envelope {
    error: GraphError,
}

fn judge(status: StatusCode, body: Vec<u8>) -> Reply {
    if status.is_success() {
        return Reply::Done(body);
    }
    match serde_json::from_slice::<Envelope>(&body) {
        Ok(envelope) => Reply::Refused(status, envelope.error),
        // A gateway in between gave up waiting; Graph itself may have gone on.
        Err(_) if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            Reply::Unknown(format!("answered {status} without a reason"))
        }
        Err(_) => Reply::Rejected(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_in_graphs_own_words_proves_that_nothing_happened() {
        let error = GraphError { code: 131_016, ..GraphError::default() };
        for (status, body, reply) in [
            (200, "{}", Reply::Done(b"{}".to_vec())),
            (503, r#"{"error":{"code":131016}}"#, Reply::Refused(StatusCode::SERVICE_UNAVAILABLE, error)),
            (503, "<html>", Reply::Unknown("answered 503 Service Unavailable without a reason".to_owned())),
            (408, "", Reply::Unknown("answered 408 Request Timeout without a reason".to_owned())),
            (429, "", Reply::Rejected(StatusCode::TOO_MANY_REQUESTS)),
            (404, "<html>", Reply::Rejected(StatusCode::NOT_FOUND)),
        ] {
            assert_eq!(judge(StatusCode::from_u16(status).unwrap(), body.into()), reply, "{status} {body}");
        }
    }
}

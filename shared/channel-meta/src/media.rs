//! A file that a customer sent: Graph says where it lies for the next minutes, and there it is fetched with the same token.
//! [Media](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media).

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, Url, header};
use serde::Deserialize;

use crate::probe::GraphAddress;

/// Largest file that a message may have: what is larger never reaches a business, WhatsApp says so in its place.
/// [131052](https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes).
pub const FILE_MAX: u64 = 100_000_000;

/// Where Meta keeps files. A token is shown to these hosts, and those below them, and to no other.
const HOSTS: [&str; 3] = ["fbsbx.com", "fbcdn.net", "whatsapp.net"];

/// Longest wait for Graph's word on a file; the file itself may take as long as the client's own timeout.
const DESCRIBED_WITHIN: Duration = Duration::from_secs(8);

/// Their servers refuse whoever has no name.
const USER_AGENT: &str = "switchboard";

/// What Graph says of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Descriptor {
    /// Good for five minutes.
    pub url: String,
    #[serde(default)]
    pub mime_type: Option<String>,
    /// In hex or in base64.
    #[serde(default)]
    pub sha256: Option<String>,
    #[serde(default)]
    pub file_size: Option<u64>,
}

/// Why a file was not had, by what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// The link has ended: ask Graph for a new one.
    #[error("the link has ended: {0}")]
    Expired(StatusCode),
    /// Nobody will ever have it.
    #[error("there is no such file for this account: {0}")]
    Gone(String),
    #[error("it is larger than {FILE_MAX} bytes")]
    TooLarge,
    /// It came to an end too soon, or not as announced.
    #[error("it did not come whole")]
    Damaged,
    /// Worth another try, later.
    #[error("not now: {0}")]
    Unavailable(String),
}

/// Fetches files by their ids.
#[derive(Clone)]
pub struct Media {
    client: Client,
    address: GraphAddress,
    /// Graph's own origin: where it is a stand-in, that hosts the files too.
    origin: Option<url::Origin>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Refusal,
}

#[derive(Deserialize)]
struct Refusal {
    code: i64,
    #[serde(default)]
    is_transient: bool,
}

impl Media {
    /// `client` follows no redirects, and connects to public addresses alone (`bootstrap::http::files`).
    pub fn new(client: Client, address: GraphAddress) -> Self {
        let origin = address.base_url.parse::<Url>().ok().map(|url| url.origin());
        Self { client, address, origin }
    }

    /// Asks where a file lies now. `account` is the phone number's id.
    pub async fn describe(&self, id: &str, account: &str, access_token: &str) -> Result<Descriptor, NotFetched> {
        // Anything but a plain id would be another address of Graph.
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err(NotFetched::Gone("its id is no id".to_owned()));
        }
        let GraphAddress { base_url, version } = &self.address;
        let url = format!("{base_url}/{version}/{id}?phone_number_id={account}");
        let request = self.client.get(url).bearer_auth(access_token).timeout(DESCRIBED_WITHIN);
        let reply = request.send().await.map_err(unavailable)?;
        let status = reply.status();
        let body = reply.bytes().await.map_err(unavailable)?;
        if status.is_success() {
            let unreadable = |_| NotFetched::Unavailable("Graph's answer could not be read".to_owned());
            return serde_json::from_slice(&body).map_err(unreadable);
        }
        Err(refused(status, &body))
    }

    /// Fetches what lies there, never more than [`FILE_MAX`] bytes and never more than was announced.
    pub async fn fetch(&self, from: &Descriptor, access_token: &str) -> Result<Vec<u8>, NotFetched> {
        let announced = from.file_size.unwrap_or(FILE_MAX);
        if announced > FILE_MAX {
            return Err(NotFetched::TooLarge);
        }
        let url = self.permitted(&from.url)?;
        let request = self.client.get(url).bearer_auth(access_token).header(header::USER_AGENT, USER_AGENT);
        let reply = request.send().await.map_err(unavailable)?;
        match reply.status() {
            StatusCode::OK => {}
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE) => {
                return Err(NotFetched::Expired(status));
            }
            status => return Err(NotFetched::Unavailable(format!("its host answered {status}"))),
        }
        let body = whole(reply, announced).await?;
        match from.file_size {
            Some(size) if size != body.len() as u64 => Err(NotFetched::Damaged),
            Some(_) | None => Ok(body),
        }
    }

    /// The address, if it is one of Meta's own.
    pub fn permitted(&self, text: &str) -> Result<Url, NotFetched> {
        let refused = || NotFetched::Gone("its address is none of Meta's".to_owned());
        let url: Url = text.parse().map_err(|_| refused())?;
        let host = url.host_str().unwrap_or_default();
        // A parser of addresses lets more into a host than a name may have, and what it lets in can only be tried in vain.
        let is_name = host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
        let below = |known: &str| is_name && (host == known || host.ends_with(&format!(".{known}")));
        let metas = url.scheme() == "https" && url.port().is_none() && HOSTS.into_iter().any(below);
        let own = self.origin.as_ref() == Some(&url.origin());
        // A name and a password would go along, as an authorization of their own.
        let bare = url.username().is_empty() && url.password().is_none();
        if bare && (metas || own) { Ok(url) } else { Err(refused()) }
    }
}

async fn whole(mut reply: Response, most: u64) -> Result<Vec<u8>, NotFetched> {
    if reply.content_length().is_some_and(|length| length > FILE_MAX) {
        return Err(NotFetched::TooLarge);
    }
    let mut body = Vec::with_capacity(usize::try_from(reply.content_length().unwrap_or(0)).unwrap_or(0));
    // A body that breaks off is an error of its own here.
    while let Some(chunk) = reply.chunk().await.map_err(|_| NotFetched::Damaged)? {
        if (body.len() + chunk.len()) as u64 > most {
            return Err(if most < FILE_MAX { NotFetched::Damaged } else { NotFetched::TooLarge });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unavailable(error: reqwest::Error) -> NotFetched {
    NotFetched::Unavailable(error.without_url().to_string())
}

/// What a refusal of Graph means for a file.
fn refused(status: StatusCode, body: &[u8]) -> NotFetched {
    let said = serde_json::from_slice::<Envelope>(body).ok().map(|envelope| envelope.error);
    let code = said.as_ref().map_or(0, |error| error.code);
    let passing = said.as_ref().is_some_and(|error| error.is_transient);
    let text = format!("Graph answered {status}, code {code}");
    match (status.as_u16(), code) {
        // A token that is refused now is a good one after the reconnect, and the file is still there.
        (_, 190) | (401, _) => NotFetched::Unavailable(text),
        // Throttled: app, user, page, business, number.
        (429, _) | (_, 1 | 2 | 4 | 17 | 32 | 613 | 80_007 | 130_429 | 131_000 | 131_016) => {
            NotFetched::Unavailable(text)
        }
        (400..=499, _) if !passing => NotFetched::Gone(text),
        _ => NotFetched::Unavailable(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(base_url: &str) -> Media {
        rustls::crypto::ring::default_provider().install_default().ok();
        Media::new(Client::new(), GraphAddress { base_url: base_url.to_owned(), version: "v25.0".to_owned() })
    }

    #[test]
    fn a_token_is_shown_to_metas_hosts_alone() {
        let real = media("https://graph.facebook.com");
        for good in [
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
            "https://scontent.xx.fbcdn.net/v/1.jpg",
            "https://mmg.whatsapp.net/d/1",
        ] {
            assert_eq!(real.permitted(good).map(|url| url.to_string()), Ok(good.to_owned()));
        }
        for bad in [
            "http://lookaside.fbsbx.com/",
            "https://lookaside.fbsbx.com.evil.test/",
            "https://evilfbsbx.com/",
            "https://lookaside.fbsbx.com:8443/",
            "https://lookaside.fbsbx.com@evil.test/",
            "https://user:password@lookaside.fbsbx.com/",
            "https://user@graph.facebook.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://[::ffff:169.254.169.254]/latest/meta-data",
            "http://169.254.169.254/latest/meta-data",
            "http://localhost:9001/2018-06-01/runtime/invocation/next",
            "file:///etc/passwd",
            "gopher://lookaside.fbsbx.com/",
            "//lookaside.fbsbx.com/",
            "https://look`aside.fbsbx.com/",
            "",
        ] {
            let refused = Err(NotFetched::Gone("its address is none of Meta's".to_owned()));
            assert_eq!(real.permitted(bad), refused, "{bad}");
        }
    }

    #[test]
    fn a_stand_in_for_graph_hosts_its_own_files_and_no_neighbours() {
        let local = media("http://127.0.0.1:8787/simulator/graph");
        let fits = |text: &str| local.permitted(text).is_ok();
        let addresses =
            ["http://127.0.0.1:8787/simulator/files/1", "http://127.0.0.1:8788/", "https://127.0.0.1:8787/"];
        assert_eq!(addresses.map(fits), [true, false, false]);
    }

    #[test]
    fn a_refusal_for_good_is_told_from_one_for_now() {
        let gone = |text: &str| NotFetched::Gone(text.to_owned());
        let not_now = |text: &str| NotFetched::Unavailable(text.to_owned());
        for (status, body, meaning) in [
            (400, r#"{"error":{"code":100,"error_subcode":33}}"#, gone("Graph answered 400 Bad Request, code 100")),
            (404, "", gone("Graph answered 404 Not Found, code 0")),
            (401, r#"{"error":{"code":190}}"#, not_now("Graph answered 401 Unauthorized, code 190")),
            (400, r#"{"error":{"code":80007}}"#, not_now("Graph answered 400 Bad Request, code 80007")),
            (400, r#"{"error":{"code":100,"is_transient":true}}"#, not_now("Graph answered 400 Bad Request, code 100")),
            (503, "<html>", not_now("Graph answered 503 Service Unavailable, code 0")),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(refused(status, body.as_bytes()), meaning, "{status} {body}");
        }
    }
}

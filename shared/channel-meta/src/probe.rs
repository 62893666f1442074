//! Asks Graph whether a token may act for an account: the proof before a route is put, and the test that an admin asks for.

use reqwest::StatusCode;
use serde::Deserialize;

use crate::graph::{Graph, Reply};

/// Where Graph is, and in which version.
#[derive(Clone, Debug)]
pub struct GraphAddress {
    /// Without a slash at its end.
    pub base_url: String,
    /// `v25.0`.
    pub version: String,
}

/// What Graph says of a token and an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// The token may act for the account.
    Owns {
        /// Its own name.
        name: Option<String>,
        /// Where the webhooks of its messages go, where Graph tells that.
        webhooks_to: Option<String>,
    },
    /// The token is good, for other accounts.
    NotItsOwn,
    /// The token is not, or no longer, good.
    Refused,
    /// Nobody could tell. One sentence for the log.
    Unreachable(String),
}

#[derive(Deserialize)]
struct Node {
    id: String,
    verified_name: Option<String>,
    name: Option<String>,
    webhook_configuration: Option<WebhookConfiguration>,
}

/// Addresses of three levels; the first that is there counts.
/// [Overrides](https://developers.facebook.com/docs/whatsapp/embedded-signup/webhooks/override).
#[derive(Deserialize)]
struct WebhookConfiguration {
    phone_number: Option<String>,
    whatsapp_business_account: Option<String>,
    application: Option<String>,
}

impl WebhookConfiguration {
    fn effective(self) -> Option<String> {
        let levels = [self.phone_number, self.whatsapp_business_account, self.application];
        levels.into_iter().flatten().find(|url| !url.is_empty())
    }
}

/// Graph's code for a token that has expired, was revoked or never was.
/// [Codes](https://developers.facebook.com/docs/graph-api/guides/error-handling#errorcodes).
const BAD_TOKEN: i64 = 190;

/// Reads the node `id` with `fields` (WhatsApp: a phone number's `id,verified_name,webhook_configuration`; a page's `id,name`).
pub async fn probe(graph: &Graph, access_token: &str, id: &str, fields: &str) -> Probe {
    // An id is digits: anything else would be another address of Graph.
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Probe::NotItsOwn;
    }
    judge(graph.get(id, &[("fields", fields)], access_token).await, id)
}

fn judge(reply: Reply, id: &str) -> Probe {
    match reply {
        Reply::Done(body) => match serde_json::from_slice::<Node>(&body) {
            Ok(node) if node.id == id => Probe::Owns {
                name: node.verified_name.or(node.name),
                webhooks_to: node.webhook_configuration.and_then(WebhookConfiguration::effective),
            },
            Ok(_) => Probe::NotItsOwn,
            Err(_) => Probe::Unreachable("Graph's answer could not be read".to_owned()),
        },
        Reply::Refused(status, error) => refused(status, Some(error.code)),
        Reply::Rejected(status) => refused(status, None),
        Reply::NotSent(why) | Reply::Unknown(why) => Probe::Unreachable(why),
    }
}

fn refused(status: StatusCode, code: Option<i64>) -> Probe {
    match (status.as_u16(), code) {
        (_, Some(BAD_TOKEN)) | (401, _) => Probe::Refused,
        // Throttled: app, user, page, custom. It says nothing of the token.
        (429, _) | (_, Some(4 | 17 | 32 | 613 | 80_007 | 80_008)) => {
            Probe::Unreachable("Graph asks us to wait".to_owned())
        }
        (400..=499, _) => Probe::NotItsOwn,
        _ => Probe::Unreachable(format!("Graph answered {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::GraphError;

    #[test]
    fn only_the_accounts_own_token_reads_it() {
        let owns = Probe::Owns { name: Some("Acme".to_owned()), webhooks_to: None };
        let told = |url: &str| Probe::Owns { name: None, webhooks_to: Some(url.to_owned()) };
        let waits = Probe::Unreachable("Graph asks us to wait".to_owned());
        let done = |body: &str| Reply::Done(body.as_bytes().to_vec());
        let says = |status, code| {
            Reply::Refused(StatusCode::from_u16(status).unwrap(), GraphError { code, ..GraphError::default() })
        };
        let silent = |status| Reply::Rejected(StatusCode::from_u16(status).unwrap());
        let lost = || "the connection broke".to_owned();
        for (reply, probe) in [
            (done(r#"{"id":"101","verified_name":"Acme"}"#), owns),
            (done(r#"{"id":"101"}"#), Probe::Owns { name: None, webhooks_to: None }),
            (done(r#"{"id":"101","webhook_configuration":{"application":"https://a"}}"#), told("https://a")),
            (
                done(
                    r#"{"id":"101","webhook_configuration":{"application":"https://a","whatsapp_business_account":"https://w"}}"#,
                ),
                told("https://w"),
            ),
            (
                done(
                    r#"{"id":"101","webhook_configuration":{"whatsapp_business_account":"https://w","phone_number":"https://p"}}"#,
                ),
                told("https://p"),
            ),
            (done(r#"{"id":"102"}"#), Probe::NotItsOwn),
            (done("[]"), Probe::Unreachable("Graph's answer could not be read".to_owned())),
            (says(400, 100), Probe::NotItsOwn),
            (says(400, 190), Probe::Refused),
            (silent(401), Probe::Refused),
            (says(403, 200), Probe::NotItsOwn),
            (says(400, 4), waits.clone()),
            (silent(429), waits),
            (says(503, 2), Probe::Unreachable("Graph answered 503 Service Unavailable".to_owned())),
            (Reply::Unknown(lost()), Probe::Unreachable(lost())),
            (Reply::NotSent(lost()), Probe::Unreachable(lost())),
        ] {
            assert_eq!(judge(reply.clone(), "101"), probe, "{reply:?}");
        }
    }
}

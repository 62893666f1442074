//! Asks Graph whether a token may act for an account: the proof before a route is put, and the test that an admin asks for.

use reqwest::{Client, StatusCode};
use serde::Deserialize;

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

#[derive(Deserialize)]
struct Answer {
    error: GraphError,
}

#[derive(Deserialize)]
struct GraphError {
    code: i64,
}

/// Graph's code for a token that has expired, was revoked or never was.
/// [Codes](https://developers.facebook.com/docs/graph-api/guides/error-handling#errorcodes).
const BAD_TOKEN: i64 = 190;

/// Reads the node `id` with `fields` (WhatsApp: a phone number's `id,verified_name,webhook_configuration`; a page's `id,name`).
pub async fn probe(client: &Client, graph: &GraphAddress, access_token: &str, id: &str, fields: &str) -> Probe {
    // An id is digits: anything else would be another address of Graph.
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Probe::NotItsOwn;
    }
    let url = format!("{}/{}/{id}?fields={fields}", graph.base_url, graph.version);
    let reply = match client.get(url).bearer_auth(access_token).send().await {
        Ok(reply) => reply,
        Err(error) => return Probe::Unreachable(error.without_url().to_string()),
    };
    let status = reply.status();
    match reply.bytes().await {
        Ok(body) => judge(status, &body, id),
        Err(error) => Probe::Unreachable(error.without_url().to_string()),
    }
}

fn judge(status: StatusCode, body: &[u8], id: &str) -> Probe {
    if status.is_success() {
        return match serde_json::from_slice::<Node>(body) {
            Ok(node) if node.id == id => Probe::Owns {
                name: node.verified_name.or(node.name),
                webhooks_to: node.webhook_configuration.and_then(WebhookConfiguration::effective),
            },
            Ok(_) => Probe::NotItsOwn,
            Err(_) => Probe::Unreachable("Graph's answer could not be read".to_owned()),
        };
    }
    let code = serde_json::from_slice::<Answer>(body).ok().map(|answer| answer.error.code);
    match (status.as_u16(), code) {
        (_, Some(BAD_TOKEN)) | (401, _) => Probe::Refused,
        // Throttled: app, user, page, custom. It says nothing of the token.
        (429, _) | (_, Some(4 | 17 | 32 | 613 | 80_007 | 80_008)) => {
            Probe::Unreachable("Graph asks us to wait".to_owned())
        }
        (400..=499, _) => Probe::NotItsOwn,
        (status, _) => Probe::Unreachable(format!("Graph answered {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_accounts_own_token_reads_it() {
        let owns = Probe::Owns { name: Some("Acme".to_owned()), webhooks_to: None };
        let told = |url: &str| Probe::Owns { name: None, webhooks_to: Some(url.to_owned()) };
        let waits = Probe::Unreachable("Graph asks us to wait".to_owned());
        for (status, body, probe) in [
            (200, r#"{"id":"101","verified_name":"Acme"}"#, owns),
            (200, r#"{"id":"101"}"#, Probe::Owns { name: None, webhooks_to: None }),
            (200, r#"{"id":"101","webhook_configuration":{"application":"https://a"}}"#, told("https://a")),
            (
                200,
                r#"{"id":"101","webhook_configuration":{"application":"https://a","whatsapp_business_account":"https://w"}}"#,
                told("https://w"),
            ),
            (
                200,
                r#"{"id":"101","webhook_configuration":{"whatsapp_business_account":"https://w","phone_number":"https://p"}}"#,
                told("https://p"),
            ),
            (200, r#"{"id":"102"}"#, Probe::NotItsOwn),
            (200, "[]", Probe::Unreachable("Graph's answer could not be read".to_owned())),
            (400, r#"{"error":{"code":100,"error_subcode":33}}"#, Probe::NotItsOwn),
            (400, r#"{"error":{"code":190}}"#, Probe::Refused),
            (401, "", Probe::Refused),
            (403, r#"{"error":{"code":200}}"#, Probe::NotItsOwn),
            (400, r#"{"error":{"code":4}}"#, waits.clone()),
            (429, "", waits),
            (503, "<html>", Probe::Unreachable("Graph answered 503".to_owned())),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(judge(status, body.as_bytes(), "101"), probe, "{status} {body}");
        }
    }
}

//! Sends through the Cloud API.
//! [Messages](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).

use channel::{Channel, Content, Invalid, NotSent, Outbound, Outcome};
use channel_meta::{Graph, GraphError, Reply};
use domain::{ChannelType, Failure, Identity, IdentityKind};
use serde::{Deserialize, Serialize};

use crate::errors::refusal;

/// Longest body of a text: 4,096 characters.
/// [Text messages](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages).
const TEXT_MAX: usize = 4_096;

/// WhatsApp, by way of Graph.
#[derive(Clone)]
pub struct WhatsApp {
    graph: Graph,
}

impl WhatsApp {
    pub fn new(graph: Graph) -> Self {
        Self { graph }
    }
}

#[derive(Serialize)]
struct Request<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    text: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
    biz_opaque_callback_data: &'a str,
}

#[derive(Serialize)]
struct Text<'a> {
    body: &'a str,
    preview_url: bool,
}

#[derive(Serialize)]
struct Context<'a> {
    message_id: &'a str,
}

impl<'a> Request<'a> {
    fn of(message: Outbound<'a>) -> Option<Self> {
        let (to, recipient) = address(message.to)?;
        let Content::Text(body) = message.content;
        Some(Self {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to,
            recipient,
            kind: "text",
            text: Text { body, preview_url: body.contains("https://") || body.contains("http://") },
            context: message.reply_to.map(|message_id| Context { message_id }),
            biz_opaque_callback_data: message.reference,
        })
    }
}

/// `to` with a `+`, without which Meta may guess the country; a person without a phone number by their scoped id.
fn address(identities: &[Identity]) -> Option<(Option<String>, Option<&str>)> {
    let of = |kind| identities.iter().rev().find(|i| i.kind == kind).map(|i| i.value.as_str());
    match of(IdentityKind::Phone) {
        Some(phone) => Some((Some(format!("+{phone}")), None)),
        None => of(IdentityKind::UserId).or_else(|| of(IdentityKind::ParentUserId)).map(|id| (None, Some(id))),
    }
}

#[derive(Deserialize)]
struct Accepted {
    messages: Vec<AcceptedMessage>,
    #[serde(default)]
    contacts: Vec<AcceptedContact>,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: String,
}

#[derive(Deserialize)]
struct AcceptedContact {
    wa_id: Option<String>,
    user_id: Option<String>,
}

impl Channel for WhatsApp {
    fn kind(&self) -> ChannelType {
        ChannelType::Whatsapp
    }

    fn check(&self, content: Content<'_>) -> Result<(), Invalid> {
        check(content)
    }

    async fn send(&self, message: Outbound<'_>) -> Outcome {
        let Some(request) = Request::of(message) else {
            return Outcome::NotSent(NotSent::Final(local("no_address", "WhatsApp has no address for this customer")));
        };
        let path = format!("{}/messages", message.account);
        outcome(self.graph.post(&path, message.access_token, &request).await)
    }
}

/// What WhatsApp can take; needs no connection.
pub fn check(content: Content<'_>) -> Result<(), Invalid> {
    let Content::Text(text) = content;
    let invalid = |code, message: &str| Err(Invalid { code, message: message.to_owned() });
    if text.trim().is_empty() {
        invalid("text_empty", "the text is empty")
    } else if text.chars().count() > TEXT_MAX {
        invalid("text_too_long", "WhatsApp takes at most 4,096 characters in a text")
    } else {
        Ok(())
    }
}

fn local(code: &str, title: &str) -> Failure {
    Failure { code: code.to_owned(), title: title.to_owned(), channel_code: None }
}

fn outcome(reply: Reply) -> Outcome {
    match reply {
        Reply::Done(body) => match serde_json::from_slice::<Accepted>(&body) {
            Ok(accepted) => took(accepted),
            Err(_) => Outcome::Unknown("WhatsApp said yes in words that we cannot read".to_owned()),
        },
        Reply::Refused(status, error) => Outcome::NotSent(refused(status.as_u16(), &error)),
        Reply::Rejected(status) => Outcome::NotSent(rejected(status.as_u16())),
        Reply::NotSent(_) => {
            let why = local("channel_unreachable", "WhatsApp could not be reached");
            Outcome::NotSent(NotSent::Retry { after: None, why })
        }
        Reply::Unknown(why) => Outcome::Unknown(why),
    }
}

fn took(accepted: Accepted) -> Outcome {
    let Some(message) = accepted.messages.into_iter().next() else {
        return Outcome::Unknown("WhatsApp said yes without a message id".to_owned());
    };
    let phone = |c: &AcceptedContact| c.wa_id.clone().map(|value| Identity { kind: IdentityKind::Phone, value });
    let user = |c: &AcceptedContact| c.user_id.clone().map(|value| Identity { kind: IdentityKind::UserId, value });
    let also_known_as = accepted.contacts.iter().flat_map(|c| [user(c), phone(c)]).flatten().collect();
    Outcome::Accepted { external_id: message.id, also_known_as }
}

fn refused(status: u16, error: &GraphError) -> NotSent {
    let details = error.error_data.as_ref().and_then(|d| d.details.as_deref()).unwrap_or("");
    match refusal(error.code, details, error.is_transient) {
        NotSent::Final(why) if status == 429 || status >= 500 => NotSent::Retry { after: None, why },
        refusal => refusal,
    }
}

fn rejected(status: u16) -> NotSent {
    let code = Some(i64::from(status));
    match status {
        401 => NotSent::Unauthorized(Failure {
            channel_code: code,
            ..local("token_refused", "WhatsApp refused the access token")
        }),
        429 => {
            let why = Failure { channel_code: code, ..local("rate_limited", "WhatsApp asks us to send more slowly") };
            NotSent::Retry { after: None, why }
        }
        _ => NotSent::Final(Failure { channel_code: code, ..local("rejected", "WhatsApp did not take the message") }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(kind: IdentityKind, value: &str) -> Identity {
        Identity { kind, value: value.to_owned() }
    }

    #[test]
    fn a_person_is_addressed_by_phone_or_else_by_their_scoped_id() {
        let send = |to: &[Identity], reply_to| {
            let content = Content::Text("see https://example.jp");
            let message = Outbound { account: "1", access_token: "t", to, content, reply_to, reference: "m.1" };
            Request::of(message).map(|r| serde_json::to_value(r).unwrap())
        };
        let text = json!({ "body": "see https://example.jp", "preview_url": true });
        let user = id(IdentityKind::UserId, "JP.77");
        assert_eq!(
            send(&[user.clone(), id(IdentityKind::Phone, "8190")], Some("wamid.1")),
            Some(json!({
                "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+8190", "type": "text", "text": text,
                "context": { "message_id": "wamid.1" }, "biz_opaque_callback_data": "m.1",
            }))
        );
        assert_eq!(
            send(&[user], None),
            Some(json!({
                "messaging_product": "whatsapp", "recipient_type": "individual", "recipient": "JP.77", "type": "text",
                "text": text, "biz_opaque_callback_data": "m.1",
            }))
        );
        assert_eq!(send(&[id(IdentityKind::Username, "aiko")], None), None);
    }

    #[test]
    fn an_outcome_is_certain_or_unknown_never_guessed() {
        let status = |s: u16| reqwest_status(s);
        let error = |code| GraphError { code, ..GraphError::default() };
        let code = |o: &Outcome| match o {
            Outcome::Accepted { external_id, .. } => format!("accepted {external_id}"),
            Outcome::NotSent(NotSent::Retry { why, .. }) => format!("retry {}", why.code),
            Outcome::NotSent(NotSent::Unauthorized(why)) => format!("unauthorized {}", why.code),
            Outcome::NotSent(NotSent::Blocked(why)) => format!("blocked {}", why.code),
            Outcome::NotSent(NotSent::Final(why)) => format!("final {}", why.code),
            Outcome::Unknown(_) => "unknown".to_owned(),
        };
        for (reply, expected) in [
            (
                Reply::Done(br#"{"messages":[{"id":"wamid.9"}],"contacts":[{"wa_id":"1"}]}"#.to_vec()),
                "accepted wamid.9",
            ),
            (Reply::Done(b"<html>".to_vec()), "unknown"),
            (Reply::Done(br#"{"messages":[]}"#.to_vec()), "unknown"),
            (Reply::Unknown("timeout".to_owned()), "unknown"),
            (Reply::NotSent("refused".to_owned()), "retry channel_unreachable"),
            (Reply::Rejected(status(429)), "retry rate_limited"),
            (Reply::Rejected(status(404)), "final rejected"),
            (Reply::Refused(status(400), error(131_047)), "final window_closed"),
            (Reply::Refused(status(400), error(131_056)), "retry rate_limited"),
            (Reply::Refused(status(401), error(190)), "unauthorized token_refused"),
            (Reply::Refused(status(400), error(131_042)), "blocked payment_problem"),
            (Reply::Refused(status(500), error(999_999)), "retry rejected"),
            (Reply::Refused(status(400), error(999_999)), "final rejected"),
        ] {
            assert_eq!(code(&outcome(reply.clone())), expected, "{reply:?}");
        }
    }

    fn reqwest_status(code: u16) -> http::StatusCode {
        http::StatusCode::from_u16(code).unwrap()
    }

    #[test]
    fn a_text_has_something_to_say_and_at_most_4096_characters() {
        let (full, long) = ("é".repeat(4_096), "é".repeat(4_097));
        let codes = ["hi", &full, " \n", &long].map(|t| check(Content::Text(t)).err().map(|e| e.code));
        assert_eq!(codes, [None, None, Some("text_empty"), Some("text_too_long")]);
    }
}

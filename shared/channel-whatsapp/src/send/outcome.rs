//! What Graph's answer to a send comes to.

use channel::{NotSent, Outcome};
use channel_meta::{GraphError, Reply};
use domain::{Failure, Identity, IdentityKind};
use serde::Deserialize;

use crate::errors::refusal;

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

pub(super) fn local(code: &str, title: &str) -> Failure {
    Failure { code: code.to_owned(), title: title.to_owned(), channel_code: None }
}

pub(super) fn outcome(reply: Reply) -> Outcome {
    match reply {
        Reply::Done(body) => match serde_json::from_slice::<Accepted>(&body) {
            Ok(accepted) => took(accepted),
            Err(_) => Outcome::Unknown("WhatsApp said yes in words that we cannot read".to_owned()),
        },
        Reply::Refused(status, error) => Outcome::NotSent(refused(status.as_u16(), &error)),
        Reply::Rejected(status) => Outcome::NotSent(rejected(status.as_u16())),
        Reply::NotSent(_) => {
            let why = local("channel_unreachable", "WhatsApp could not be reached");
            Outcome::NotSent(NotSent::Retry { after: None, at_most: None, why })
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

pub(super) fn refused(status: u16, error: &GraphError) -> NotSent {
    let details = error.error_data.as_ref().and_then(|d| d.details.as_deref()).unwrap_or("");
    match refusal(error.code, details, error.is_transient) {
        NotSent::Final(why) if status == 429 || status >= 500 => NotSent::Retry { after: None, at_most: None, why },
        refusal => refusal,
    }
}

pub(super) fn rejected(status: u16) -> NotSent {
    let code = Some(i64::from(status));
    match status {
        401 => NotSent::Unauthorized(Failure {
            channel_code: code,
            ..local("token_refused", "WhatsApp refused the access token")
        }),
        429 => {
            let why = Failure { channel_code: code, ..local("rate_limited", "WhatsApp asks us to send more slowly") };
            NotSent::Throttled { after: None, why }
        }
        _ => NotSent::Final(Failure { channel_code: code, ..local("rejected", "WhatsApp did not take the message") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_certain_or_unknown_never_guessed() {
        let status = |s: u16| reqwest_status(s);
        let error = |code| GraphError { code, ..GraphError::default() };
        let code = |o: &Outcome| match o {
            Outcome::Accepted { external_id, .. } => format!("accepted {external_id}"),
            Outcome::NotSent(NotSent::Retry { why, .. }) => format!("retry {}", why.code),
            Outcome::NotSent(NotSent::Throttled { why, .. }) => format!("throttled {}", why.code),
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
            (Reply::Rejected(status(429)), "throttled rate_limited"),
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
}

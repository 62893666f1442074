//! What a client asks for over its socket, and how it is answered.

use std::str::FromStr;

use domain::ConversationId;
use frame::{Cursor, Topic};
use serde::{Deserialize, Serialize};

/// Longest action, in bytes: 50 topics are 2 KB.
pub(crate) const ACTION_MAX: usize = 16 * 1024;

/// At most this many topics at once: one list, and more threads than fit on a screen.
pub(crate) const TOPICS_MAX: usize = 50;

/// Longest topic that is taken, in characters: an id is 64 at most.
const TOPIC_MAX: usize = 80;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClientAction {
    Subscribe(Subscription),
    Typing(ConversationId),
    Ping,
}

/// The whole set of topics that a socket shows from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) n: u64,
    /// As the client named them. One of a conversation that is unknown, or not its own, is answered like any other and never
    /// carries anything.
    pub(crate) named: Vec<String>,
    /// Those that can name something.
    pub(crate) topics: Vec<Topic>,
}

/// A frame that answers one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Reply {
    Subscribed { n: u64, topics: Vec<String> },
    Pong { cursor: Cursor },
    Error { code: Refusal },
}

/// Why an action was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Refusal {
    TooLarge,
    UnknownAction,
    /// Its fields are not those of the action.
    InvalidAction,
    TooManyTopics,
    InvalidTopic,
    Forbidden,
    /// More than twenty actions in a second: this one was not looked at.
    TooFast,
    /// The sign-in behind the socket has ended: get another ticket.
    SessionEnded,
    /// Something behind it does not answer: try again.
    Unavailable,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    action: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct SubscribeFields {
    n: u64,
    topics: Vec<String>,
}

#[derive(Deserialize)]
struct TypingFields {
    conversation_id: String,
}

impl FromStr for ClientAction {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if text.len() > ACTION_MAX {
            return Err(Refusal::TooLarge);
        }
        let named: Named<'_> = fields(text)?;
        match named.action.as_ref() {
            "subscribe" => subscription(fields(text)?).map(Self::Subscribe),
            "typing" => {
                let TypingFields { conversation_id } = fields(text)?;
                conversation_id.parse().map(Self::Typing).map_err(|_| Refusal::InvalidAction)
            }
            "ping" => Ok(Self::Ping),
            _ => Err(Refusal::UnknownAction),
        }
    }
}

fn fields<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|_| Refusal::InvalidAction)
}

fn subscription(fields: SubscribeFields) -> Result<Subscription, Refusal> {
    let mut named = Vec::new();
    for topic in fields.topics {
        if topic != "inbox" && !(topic.starts_with("conversation:") && topic.len() <= TOPIC_MAX) {
            return Err(Refusal::InvalidTopic);
        }
        if !named.contains(&topic) {
            named.push(topic);
        }
    }
    if named.len() > TOPICS_MAX {
        return Err(Refusal::TooManyTopics);
    }
    let topics = named.iter().filter_map(|topic| topic.parse().ok()).collect();
    Ok(Subscription { n: fields.n, named, topics })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_checked_before_anything_is_done() {
        let id = "c0nv3rsati0n00000000000004";
        let many: Vec<String> = (0..51).map(|n| format!("\"conversation:{n}\"")).collect();
        let subscribed = |n, named: &[&str], topics: Vec<Topic>| {
            let named = named.iter().map(|&t| t.to_owned()).collect();
            Ok(ClientAction::Subscribe(Subscription { n, named, topics }))
        };
        let thread = Topic::Conversation(id.parse().unwrap());
        for (text, then) in [
            (r#"{"action":"ping"}"#.to_owned(), Ok(ClientAction::Ping)),
            (
                format!(r#"{{"action":"typing","conversation_id":"{id}"}}"#),
                Ok(ClientAction::Typing(id.parse().unwrap())),
            ),
            (
                format!(r#"{{"action":"subscribe","n":7,"topics":["inbox","conversation:{id}","inbox"]}}"#),
                subscribed(7, &["inbox", &format!("conversation:{id}")], vec![Topic::Inbox, thread]),
            ),
            (
                r#"{"action":"subscribe","n":8,"topics":["conversation:somewhere-else"]}"#.to_owned(),
                subscribed(8, &["conversation:somewhere-else"], vec![]),
            ),
            (r#"{"action":"subscribe","n":8,"topics":["secrets"]}"#.to_owned(), Err(Refusal::InvalidTopic)),
            (format!(r#"{{"action":"subscribe","n":8,"topics":[{}]}}"#, many.join(",")), Err(Refusal::TooManyTopics)),
            (r#"{"action":"subscribe","topics":[]}"#.to_owned(), Err(Refusal::InvalidAction)),
            (r#"{"action":"dance"}"#.to_owned(), Err(Refusal::UnknownAction)),
            ("ping".to_owned(), Err(Refusal::InvalidAction)),
            (format!(r#"{{"action":"ping","x":"{}"}}"#, "x".repeat(ACTION_MAX)), Err(Refusal::TooLarge)),
        ] {
            assert_eq!(text.parse(), then, "{text}");
        }
    }

    #[test]
    fn replies_have_the_names_of_the_contract() {
        let text = |reply| serde_json::to_string(&reply).unwrap();
        let topics = vec!["inbox".to_owned()];
        assert_eq!(text(Reply::Subscribed { n: 7, topics }), r#"{"type":"subscribed","n":7,"topics":["inbox"]}"#);
        assert_eq!(text(Reply::Pong { cursor: Cursor::of_block(9) }), r#"{"type":"pong","cursor":"9"}"#);
        assert_eq!(text(Reply::Error { code: Refusal::UnknownAction }), r#"{"type":"error","code":"unknown_action"}"#);
    }
}

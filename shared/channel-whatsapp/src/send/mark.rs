//! Blue ticks on the customer's message, and "typing…" above it.
//! [Typing indicators](https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators).

use std::time::Duration;

use channel_meta::Reply;
use serde_json::{Value, json};

use super::WhatsApp;

/// A message can be marked this long after it came.
/// [Limit](https://developers.facebook.com/docs/whatsapp/cloud-api/guides/mark-message-as-read).
pub const MARKED_WITHIN: Duration = Duration::from_hours(30 * 24);

/// What the customer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// This message, and those before it, were read.
    Read,
    /// The same, and for 25 s or until an answer comes that someone types.
    Typing,
}

/// Why a mark was not made: one sentence for the log, without content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotMarked(String);

impl WhatsApp {
    /// Marks the message of this id, which `phone_number_id` received. Doing it again changes nothing.
    pub async fn mark(
        &self,
        phone_number_id: &str,
        access_token: &str,
        message_id: &str,
        mark: Mark,
    ) -> Result<(), NotMarked> {
        let path = format!("{phone_number_id}/messages");
        match self.graph.post(&path, access_token, &request(message_id, mark)).await {
            Reply::Done(_) => Ok(()),
            Reply::Refused(status, error) => Err(NotMarked(format!("{status}, code {}", error.code))),
            Reply::Rejected(status) => Err(NotMarked(status.to_string())),
            Reply::NotSent(why) | Reply::Unknown(why) => Err(NotMarked(why)),
        }
    }
}

fn request(message_id: &str, mark: Mark) -> Value {
    let mut request = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": message_id });
    match mark {
        Mark::Read => {}
        Mark::Typing => request["typing_indicator"] = json!({ "type": "text" }),
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_types_has_read() {
        let read = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.T1" });
        let mut typing = read.clone();
        typing["typing_indicator"] = json!({ "type": "text" });
        assert_eq!([request("wamid.T1", Mark::Read), request("wamid.T1", Mark::Typing)], [read, typing]);
    }
}

//! An emoji on a message: [Reaction messages](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/reaction-messages).

use channel::Invalid;
use domain::body::ReactionDetails;
use serde_json::{Value, json};

use super::limits::invalid;

/// Longest emoji in code points: families and flags are put together of up to ten.
const EMOJI_MAX: usize = 10;

/// An empty emoji takes the reaction back.
pub(super) fn payload(reaction: &ReactionDetails) -> Value {
    json!({ "message_id": reaction.channel_message_id, "emoji": reaction.emoji.as_deref().unwrap_or_default() })
}

pub(super) fn check(reaction: &ReactionDetails) -> Result<(), Invalid> {
    let Some(emoji) = &reaction.emoji else { return Ok(()) };
    let points = emoji.chars().count();
    // What stands in a keycap (`1️⃣`) is a digit; some emoji are letters (`Ⓜ️`), but none of them is written with.
    let is_letter = |c: char| c.is_whitespace() || (c.is_alphabetic() && u32::from(c) < 0x2000);
    let drawn = !emoji.is_ascii() && !emoji.chars().any(is_letter);
    if drawn && points <= EMOJI_MAX { Ok(()) } else { Err(invalid("emoji", "invalid", "One emoji, or none.")) }
}

#[cfg(test)]
mod tests {
    use domain::{ConversationId, MessageId, Timestamp};
    use serde_json::json;

    use super::*;

    fn reaction(emoji: Option<&str>) -> ReactionDetails {
        let message_id = MessageId::new(&ConversationId::from_bytes([7; 16]), Timestamp::from_seconds(1), 3);
        ReactionDetails { message_id, channel_message_id: "wamid.1".to_owned(), emoji: emoji.map(str::to_owned) }
    }

    #[test]
    fn a_reaction_is_one_emoji_and_none_takes_it_back() {
        assert_eq!(payload(&reaction(Some("👍"))), json!({ "message_id": "wamid.1", "emoji": "👍" }));
        assert_eq!(payload(&reaction(None)), json!({ "message_id": "wamid.1", "emoji": "" }));
        for (emoji, taken) in [
            (Some("👍🏽"), true),
            (Some("👨‍👩‍👧‍👦"), true),
            (Some("🇮🇱"), true),
            (Some("1️⃣"), true),
            (Some("Ⓜ️"), true),
            (None, true),
            (Some("ok"), false),
            (Some("מ"), false),
            (Some(" "), false),
            (Some("👍👍👍👍👍👍👍👍👍👍👍"), false),
        ] {
            assert_eq!(check(&reaction(emoji)).is_ok(), taken, "{emoji:?}");
        }
    }
}

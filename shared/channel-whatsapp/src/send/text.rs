//! A text: [Text messages](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages).

use channel::Invalid;
use serde_json::{Value, json};

/// Longest body of a text: 4,096 characters.
const TEXT_MAX: usize = 4_096;

pub(super) fn payload(body: &str) -> Value {
    json!({ "body": body, "preview_url": body.contains("https://") || body.contains("http://") })
}

pub(super) fn check(text: &str) -> Result<(), Invalid> {
    let invalid = |code, message: &str| Err(Invalid { field: "text".to_owned(), code, message: message.to_owned() });
    if text.trim().is_empty() {
        invalid("text_empty", "the text is empty")
    } else if text.chars().count() > TEXT_MAX {
        invalid("text_too_long", "WhatsApp takes at most 4,096 characters in a text")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_something_to_say_and_at_most_4096_characters() {
        let (full, long) = ("é".repeat(4_096), "é".repeat(4_097));
        let codes = ["hi", &full, " \n", &long].map(|t| check(t).err().map(|e| e.code));
        assert_eq!(codes, [None, None, Some("text_empty"), Some("text_too_long")]);
    }
}

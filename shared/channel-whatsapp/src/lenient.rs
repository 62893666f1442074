//! What Meta writes now as text and now as a number.

use domain::Timestamp;
use serde::{Deserialize, Deserializer, de::Error};

/// Text, or a whole number as text.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<serde_json::Value>::deserialize(deserializer)? {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(text)) => Ok(Some(text)),
        Some(serde_json::Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(D::Error::custom("neither text nor a number")),
    }
}

/// Seconds since 1970; thirteen digits and more are milliseconds.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let number: i64 = text.parse().ok().filter(|n| *n >= 0)?;
    Some(if text.len() >= 13 { Timestamp::from_millis(number) } else { Timestamp::from_seconds(number) })
}

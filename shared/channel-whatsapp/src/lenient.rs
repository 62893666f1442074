//! What Meta writes now in one form and now in another, and JSON that is almost right.

use std::borrow::Cow;

use domain::Timestamp;
use serde_json::Value;

/// The value of a JSON text. Half a character, such as a lone `\ud83d`, becomes U+FFFD: it must not cost the message.
pub(crate) fn value(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&mended(text)).ok())
}

/// Text, or a number as text; not empty.
pub(crate) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Seconds since 1970; thirteen digits and more are milliseconds.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let number: i64 = text.parse().ok().filter(|n| *n >= 0)?;
    Some(if text.len() >= 13 { Timestamp::from_millis(number) } else { Timestamp::from_seconds(number) })
}

/// A time in whichever of these forms.
pub(crate) fn time(value: &Value) -> Option<Timestamp> {
    word(value).as_deref().and_then(timestamp)
}

/// 64 hex digits out of the hex or the base64 that is used for a SHA-256.
pub fn sha256(text: &str) -> Option<String> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(text.to_ascii_lowercase());
    }
    let bytes = data_encoding::BASE64.decode(text.as_bytes()).ok().filter(|bytes| bytes.len() == 32)?;
    Some(data_encoding::HEXLOWER.encode(&bytes))
}

/// A decimal number as text, whether it was told as a number or as text.
pub(crate) fn decimal(value: &Value) -> Option<String> {
    let text = word(value)?;
    text.trim().parse::<f64>().is_ok_and(f64::is_finite).then(|| text.trim().to_owned())
}

/// The text with every escaped half of a surrogate pair that stands alone replaced.
fn mended(text: &str) -> Cow<'_, str> {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let length = match (half(escape), escape.get(6..).and_then(half)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(_), _) => {
                mended.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            // The character after it belongs to the escape: `\\` must not hide the start of the next one.
            (None, _) => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

/// The half of a surrogate pair that an escape at the start of the text stands for.
fn half(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..=0xdfff).contains(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_costs_itself_alone() {
        for (text, expected) in [
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\ude00b""#, "\u{fffd}b"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
        ] {
            assert_eq!(value(text), Some(Value::from(expected)), "{text}");
        }
    }

    #[test]
    fn a_sum_is_read_in_hex_and_in_base64() {
        let hex = "00".repeat(31) + "ff";
        for (text, expected) in [
            (hex.to_uppercase(), Some(hex.clone())),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP8=".to_owned(), Some(hex.clone())),
            ("4654+8g=".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(sha256(&text), expected, "{text}");
        }
    }
}

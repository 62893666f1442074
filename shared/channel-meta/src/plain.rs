//! JSON without the escapes that it does not need.

use std::borrow::Cow;

use memchr::memchr;

/// The same JSON in fewer bytes. Meta escapes what is not ASCII, and slashes: a letter of most scripts is six bytes of a webhook, where two or
/// three say it. What JSON or a queue wants escaped stays as it is, and so does half a character.
pub fn plain(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        at += found;
        let Some((character, length)) = escaped(&bytes[at..]) else {
            at += 2;
            continue;
        };
        if copied == 0 {
            out.reserve(json.len());
        }
        if copied < at {
            out.push_str(&json[copied..at]);
        }
        out.push(character);
        at += length;
        copied = at;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

/// The character of the escape that starts here, and its length, if it may stand for itself. What SQS takes are the characters of
/// [XML](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
fn escaped(escape: &[u8]) -> Option<(char, usize)> {
    if escape.get(1) == Some(&b'/') {
        return Some(('/', 2));
    }
    let (character, length) = match unit(escape)? {
        high @ 0xD800..0xDC00 => match unit(&escape[6..])? {
            low @ 0xDC00..0xE000 => (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), 12),
            _ => return None,
        },
        other => (other, 6),
    };
    let character = char::from_u32(character)?;
    let needed = character < ' ' || matches!(character, '"' | '\\' | '\u{FFFE}' | '\u{FFFF}');
    (!needed).then_some((character, length))
}

/// The unit of UTF-16 that a `\uXXXX` tells.
fn unit(escape: &[u8]) -> Option<u32> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_character_that_may_stand_for_itself_does() {
        for (escaped, said) in [
            (r#"{"body":"\u05e9\u05dc\u05d5\u05dd \ud83d\udc4d"}"#, r#"{"body":"שלום 👍"}"#),
            (r#""https:\/\/a.test\/\u0041""#, r#""https://a.test/A""#),
            (r#"["\ud7ff\ue000\ufffd\ud800\udc00"]"#, "[\"\u{d7ff}\u{e000}\u{fffd}\u{10000}\"]"),
        ] {
            assert_eq!(plain(escaped), said);
        }
    }

    #[test]
    fn what_has_to_be_escaped_stays() {
        for text in [
            "",
            r#"{"a":"שלום / \" \\ \n \t \b"}"#,
            r#""\u0022\u005c\u0000\u001f\ufffe\uffff""#,
            r#""\\u05e9""#,
            // Half a character, and what is no escape.
            r#""\ud83d""#,
            r#""\ud83d\ud83d""#,
            r#""\udc4d\ud83d""#,
            r#""\ud83d\u00"#,
            r#""\u05e""#,
            r#""\u+5e9""#,
            "\\u",
            "\\",
            "\\é",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    proptest! {
        #[test]
        fn it_says_what_it_said_in_no_more_bytes(
            parts in proptest::collection::vec(r#"\\(u(05e9|d83d|dc4d|0022|005C|000a|fffE|[0-9a-f]{0,4})|/|"|\\|n)|[aé👍]|\PC"#, 0..20)
        ) {
            let text = format!("\"{}\"", parts.concat());
            let shorter = plain(&text);
            prop_assert!(shorter.len() <= text.len());
            let read = |text: &str| serde_json::from_str::<Value>(text).ok();
            prop_assert_eq!(read(&shorter), read(&text));
        }
    }
}

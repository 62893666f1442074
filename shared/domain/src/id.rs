//! Identifiers: opaque, fixed in length, safe in a URL and in a key, parsed once at the door.

use std::{fmt, str::FromStr};

use data_encoding::{Encoding, Specification};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Why a text is no id of ours. A caller answers it as an unknown id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct BadId;

/// Lower-case base32hex without padding: sorts as the bytes do, so an id that starts with a time sorts by it.
pub(crate) fn base32() -> Encoding {
    let mut spec = Specification::new();
    spec.symbols.push_str("0123456789abcdefghijklmnopqrstuv");
    spec.encoding().expect("32 distinct symbols make an encoding")
}

fn is_base32(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v'))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $chars:literal, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Length of the text, in characters.
            pub const LEN: usize = $chars;

            /// An id of these bytes, which are random or a keyed hash.
            pub fn from_bytes(bytes: [u8; $bytes]) -> Self {
                let mut text = base32().encode(&bytes);
                text.truncate($chars);
                Self(text)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                if text.len() == $chars && is_base32(text) { Ok(Self(text.to_owned())) } else { Err(BadId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id!(
    /// A tenant: 80 random bits. Its fixed length makes it a safe prefix of every key.
    TenantId, 16, 10
);
id!(
    /// A channel account (a WhatsApp number, a page…): 128 random bits.
    AccountId, 26, 16
);
id!(
    /// A person the tenant talks to: 128 random bits.
    ContactId, 26, 16
);
id!(
    /// A person who works here, in whichever tenants: 128 random bits.
    UserId, 26, 16
);
id!(
    /// A conversation: a keyed hash of its account and thread, so that two first messages meet in one conversation.
    ConversationId, 26, 16
);

id!(
    /// A file that an agent uploads, to be sent: 128 random bits.
    UploadId, 26, 16
);

/// A message: its conversation, the millisecond of its channel time and its number there. It needs no look-up, and
/// sorts within a conversation as the thread does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId {
    conversation: ConversationId,
    order: String,
}

impl MessageId {
    /// Length of the text: 26 for the conversation, 9 for the time (45 bits), 7 for the number (35 bits).
    pub const LEN: usize = ConversationId::LEN + Self::TIME + Self::SEQ;
    const TIME: usize = 9;
    const SEQ: usize = 7;

    pub fn new(conversation: &ConversationId, sent_at: Timestamp, seq: u64) -> Self {
        let millis = u64::try_from(sent_at.millis()).unwrap_or(0);
        let order = format!("{}{}", digits::<9>(millis), digits::<7>(seq));
        Self { conversation: conversation.clone(), order }
    }

    /// The message of this conversation that has this place in it (see [`MessageId::order`]).
    pub fn in_conversation(conversation: &ConversationId, order: &str) -> Result<Self, BadId> {
        if order.len() == Self::TIME + Self::SEQ && is_base32(order) {
            Ok(Self { conversation: conversation.clone(), order: order.to_owned() })
        } else {
            Err(BadId)
        }
    }

    pub fn conversation(&self) -> &ConversationId {
        &self.conversation
    }

    /// Its place in the conversation: sorts by channel time, then by number. 16 characters.
    pub fn order(&self) -> &str {
        &self.order
    }

    pub fn sent_at(&self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(number(&self.order[..Self::TIME])).unwrap_or(i64::MAX))
    }

    pub fn seq(&self) -> u64 {
        number(&self.order[Self::TIME..])
    }
}

impl FromStr for MessageId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let (conversation, order) = text.split_at_checked(ConversationId::LEN).ok_or(BadId)?;
        Self::in_conversation(&conversation.parse()?, order)
    }
}

impl TryFrom<String> for MessageId {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> String {
        id.to_string()
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.conversation, self.order)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({self})")
    }
}

const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// `value` as `N` base-32 digits, the highest first; what does not fit becomes the highest that does.
pub fn digits<const N: usize>(value: u64) -> String {
    let mut rest = value.min((1 << (5 * N)) - 1);
    let mut text = [b'0'; N];
    for place in text.iter_mut().rev() {
        *place = DIGITS[(rest & 31) as usize];
        rest >>= 5;
    }
    text.iter().map(|&b| char::from(b)).collect()
}

fn number(digits: &str) -> u64 {
    digits.bytes().fold(0, |n, b| n << 5 | u64::from(if b < b'a' { b - b'0' } else { b - b'a' + 10 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_carries_its_conversation_time_and_number() {
        let conversation = ConversationId::from_bytes([7; 16]);
        let id = MessageId::new(&conversation, Timestamp::from_millis(1_795_000_000_123), 42);
        assert_eq!(id.to_string().len(), MessageId::LEN);
        assert_eq!(id.to_string().parse(), Ok(id.clone()));
        assert_eq!(
            (id.conversation(), id.sent_at(), id.seq()),
            (&conversation, Timestamp::from_millis(1_795_000_000_123), 42)
        );
    }

    #[test]
    fn messages_sort_by_time_and_then_by_number() {
        let conversation = ConversationId::from_bytes([7; 16]);
        let at = |ms, seq| MessageId::new(&conversation, Timestamp::from_millis(ms), seq).to_string();
        let sorted = [at(31, 9), at(32, 1), at(32, 2), at(32, 33), at(1 << 40, 0)];
        assert!(sorted.is_sorted(), "{sorted:?}");
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in [
            "",
            "T0",
            "ABCDEFGHIJKLMNOP",
            "0123456789abcde#",
            "0123456789abcdez",
            "0123456789abcdef0",
            "0é23456789abcde",
        ] {
            assert_eq!(text.parse::<TenantId>(), Err(BadId), "{text:?}");
            assert_eq!(text.parse::<MessageId>(), Err(BadId), "{text:?}");
        }
    }
}

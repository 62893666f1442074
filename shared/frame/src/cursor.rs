//! How far a tenant's sync log has come.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// A block's number in the log, as frames, pongs and `sync` write it: decimal digits in a string, compared as numbers. It tells
/// nothing that its holder may not know, and `sync` reads the holder's own tenant, so it needs no MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(u64);

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: decimal digits")]
pub struct BadCursor;

impl Cursor {
    pub const fn of_block(number: u64) -> Self {
        Self(number)
    }

    /// The block's number, for `Tenant::read_log`.
    pub const fn block(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self).ok_or(BadCursor)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_its_decimal_digits() {
        let read = ["42", "+42", "", "x", "99999999999999999999"].map(str::parse);
        assert_eq!(read, [Ok(Cursor(42)), Err(BadCursor), Err(BadCursor), Err(BadCursor), Err(BadCursor)]);
        assert_eq!(serde_json::to_string(&Cursor(42)).unwrap(), r#""42""#);
    }
}

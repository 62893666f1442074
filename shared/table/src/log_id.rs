//! The id of an entry that is kept by the month.

use domain::Timestamp;
use domain::id::{BadId, digits};
use serde::{Deserialize, Serialize};

use crate::key;

/// An entry's id: when it was written and a random tail. It sorts by time, and tells its month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LogId(String);

impl LogId {
    const TAIL: usize = 16;

    pub fn new(at: Timestamp, random: [u8; 10]) -> Self {
        let (high, low) = random.split_at(5);
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b));
        Self::tailed(at, &format!("{}{}", digits::<8>(number(high)), digits::<8>(number(low))))
    }

    /// `tail` is of base-32 digits; the first sixteen count.
    pub(crate) fn tailed(at: Timestamp, tail: &str) -> Self {
        Self(format!("{}{}", key::ms(at), tail.get(..Self::TAIL).unwrap_or(tail)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn at(&self) -> Timestamp {
        self.0.get(..9).and_then(key::ms_of).unwrap_or(Timestamp::from_millis(0))
    }
}

impl std::fmt::Display for LogId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for LogId {
    type Err = BadId;

    fn from_str(text: &str) -> std::result::Result<Self, BadId> {
        let base32 = |b: u8| b.is_ascii_digit() || (b'a'..=b'v').contains(&b);
        let sane = text.len() == 9 + Self::TAIL && text.bytes().all(base32);
        if sane { Ok(Self(text.to_owned())) } else { Err(BadId) }
    }
}

impl TryFrom<String> for LogId {
    type Error = BadId;

    fn try_from(text: String) -> std::result::Result<Self, BadId> {
        text.parse()
    }
}

impl From<LogId> for String {
    fn from(id: LogId) -> String {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time_and_sorts_by_it() {
        let (early, late) = (Timestamp::from_millis(1_795_000_000_000), Timestamp::from_millis(1_795_000_000_001));
        let (a, b) = (LogId::new(early, [0xff; 10]), LogId::new(late, [0; 10]));
        assert_eq!((a.at(), b.at(), a < b), (early, late, true));
        assert_eq!(a.as_str().parse(), Ok(a.clone()));
        assert_eq!("0#".parse::<LogId>(), Err(BadId));
    }
}

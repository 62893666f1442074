//! The one place where the host reads the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Time since the epoch.
#[expect(clippy::disallowed_methods, reason = "the host is where local time begins; everything below takes `now`")]
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Milliseconds since the epoch.
pub fn now_ms() -> u64 {
    u64::try_from(now().as_millis()).unwrap_or(u64::MAX)
}

/// Now, as RFC 3339 in UTC with milliseconds.
pub fn now_rfc3339() -> String {
    rfc3339(now_ms())
}

/// A time in milliseconds since the epoch, as RFC 3339 in UTC with milliseconds.
pub fn rfc3339(ms: u64) -> String {
    format!("{:.3}", at(ms))
}

/// A time in milliseconds since the epoch in the log format of web servers, which API Gateway's events use.
pub fn common_log(ms: u64) -> String {
    at(ms).strftime("%d/%b/%Y:%H:%M:%S %z").to_string()
}

fn at(ms: u64) -> Timestamp {
    i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc() {
        for (ms, iso, log) in [
            (0, "1970-01-01T00:00:00.000Z", "01/Jan/1970:00:00:00 +0000"),
            (1_709_210_096_789, "2024-02-29T12:34:56.789Z", "29/Feb/2024:12:34:56 +0000"),
        ] {
            assert_eq!((rfc3339(ms).as_str(), common_log(ms).as_str()), (iso, log));
        }
    }
}

//! How fast a channel lets messages go to one person, kept as one time, so that it costs no write of its own.

use std::time::Duration;

use crate::{ChannelType, Timestamp};

/// A number of messages at once, and then one at a time ([GCRA](https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// One message each.
    pub every: Duration,
    /// Those that may go at once.
    pub burst: u32,
}

/// WhatsApp: one message per six seconds to the same person, 45 at once before that; faster ones are refused with 131056.
/// [Pair rate limits](https://developers.facebook.com/docs/whatsapp/cloud-api/overview#pair-rate-limits).
pub const WHATSAPP_PAIR: Rate = Rate { every: Duration::from_secs(6), burst: 45 };

impl Rate {
    /// To one person of this channel; `None` where it tells no limit.
    pub fn to_one(channel: ChannelType) -> Option<Self> {
        match channel {
            ChannelType::Whatsapp => Some(WHATSAPP_PAIR),
            ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => None,
        }
    }

    /// When the next message may go. `paid` is what [`Rate::after`] told after the last one.
    pub fn next(self, paid: Option<Timestamp>) -> Option<Timestamp> {
        let credit = self.every.saturating_mul(self.burst.saturating_sub(1));
        paid.map(|paid| Timestamp::from_millis(paid.millis() - millis(credit)))
    }

    /// What a message at this time makes of `paid`: until when all that was sent is paid off.
    pub fn after(self, paid: Option<Timestamp>, now: Timestamp) -> Timestamp {
        paid.unwrap_or(now).max(now).plus(self.every)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_after_it_one_at_a_time() {
        let rate = Rate { every: Duration::from_secs(6), burst: 3 };
        let mut paid = None;
        let mut sent = Vec::new();
        let mut now = Timestamp::from_seconds(1_000);
        for _ in 0..5 {
            now = rate.next(paid).map_or(now, |next| now.max(next));
            paid = Some(rate.after(paid, now));
            sent.push(now.seconds() - 1_000);
        }
        assert_eq!(sent, [0, 0, 0, 6, 12]);
        let rested = Timestamp::from_seconds(2_000);
        assert!(rate.next(paid).is_some_and(|next| next < rested), "after a rest the burst is there again");
        assert_eq!(rate.after(paid, rested), Timestamp::from_seconds(2_006));
    }
}

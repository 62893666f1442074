//! What is counted of the calls of a channel: how long they took, and what came of them.

use bootstrap::metrics::{self, Unit};
use channel::{NotSent, Outcome};
use domain::{ChannelType, Message, Timestamp};

use crate::{App, Tokens};

impl<T: Tokens> App<T> {
    /// One call, from `started` to now. Of an accepted send also how long it was under way from the agent, or from its scheduled
    /// time, to the channel.
    pub(crate) fn measure(&self, channel: ChannelType, message: &Message, started: Timestamp, outcome: &Outcome) {
        let now = self.now();
        let took = ("ProviderLatency", Unit::Milliseconds, millis(started, now));
        let came = (word(outcome), Unit::Count, 1.0);
        let begun = message.sent_at.max(message.received_at); // The channel's clock may count whole seconds.
        let lag = ("OutboundLag", Unit::Milliseconds, millis(begun, now));
        let figures = match outcome {
            Outcome::Accepted { .. } if first_try(message) => vec![took, came, lag],
            Outcome::Accepted { .. } | Outcome::NotSent(_) | Outcome::Unknown(_) => vec![took, came],
        };
        metrics::emit(now.millis(), &[("function", &self.name), ("channel", channel.as_str())], &figures);
    }
}

/// The figure that a call counts for.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } => "Accepted",
        Outcome::NotSent(NotSent::Retry { .. }) => "Retried",
        Outcome::NotSent(NotSent::Throttled { .. }) => "SlowedDown",
        Outcome::NotSent(NotSent::Unauthorized(_) | NotSent::Blocked(_)) => "Refused",
        Outcome::NotSent(NotSent::Final(_)) => "Failed",
        Outcome::Unknown(_) => "Unanswered",
    }
}

/// A person's "send again" is as late as the person.
fn first_try(message: &Message) -> bool {
    message.delivery.as_ref().is_some_and(|delivery| delivery.attempt == 1)
}

/// An agent's clock does not come in; a channel's may be ahead of ours.
fn millis(from: Timestamp, to: Timestamp) -> f64 {
    (to.millis() - from.millis()).max(0) as f64
}

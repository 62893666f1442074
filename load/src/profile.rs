//! How much is asked of a system: three profiles, and what an invocation changes of them.

use std::time::Duration;

use serde::Serialize;

/// What is asked: people who only look on, then a burst, then a steady rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Profile {
    pub name: String,
    /// Sockets of signed-in people who subscribe to the inbox and ping.
    pub idle: u32,
    /// Customers' messages that come at once.
    pub burst: u32,
    /// Customers' messages a minute, after the burst.
    pub per_minute: u32,
    /// How long the steady rate is held.
    pub minutes: u32,
}

impl Profile {
    /// `low`, `medium` or `high`.
    pub fn named(name: &str) -> Option<Self> {
        let (idle, burst, per_minute, minutes) = match name {
            "low" => (1_500, 200, 300, 10),
            "medium" => (3_000, 500, 800, 15),
            "high" => (5_000, 1_000, 1_400, 20),
            _ => return None,
        };
        Some(Self { name: name.to_owned(), idle, burst, per_minute, minutes })
    }

    /// How long the steady rate is held.
    pub fn lasts(&self) -> Duration {
        Duration::from_secs(u64::from(self.minutes) * 60)
    }

    /// How many messages the steady rate comes to.
    pub fn steady(&self) -> u32 {
        self.per_minute.saturating_mul(self.minutes)
    }
}

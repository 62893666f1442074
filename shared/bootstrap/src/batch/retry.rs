//! "Worth doing again": why a record comes back to its queue.

use std::{error::Error, fmt::Display, time::Duration};

/// A record that could not be dealt with now. Its text is for the log: no content of the record.
#[derive(Debug)]
pub struct Retry {
    why: String,
    after: Option<Duration>,
}

impl Retry {
    pub fn because(why: impl Display) -> Self {
        Self { why: why.to_string(), after: None }
    }

    /// Not before this long, whatever the backoff says.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self { after: Some(wait), ..self }
    }

    /// There was no time to start: it comes back at once.
    pub fn untouched() -> Self {
        Self::because("no time was left to start it").after(Duration::ZERO)
    }

    pub fn why(&self) -> &str {
        &self.why
    }

    pub(super) fn wait(&self) -> Option<Duration> {
        self.after
    }
}

/// Any error with all that caused it: the SDK's own text is only "service error".
impl<E: Error> From<E> for Retry {
    fn from(error: E) -> Self {
        let causes = std::iter::successors(error.source(), |cause| (*cause).source());
        Self::because(causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}")))
    }
}

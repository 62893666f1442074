//! Brings a webhook as Meta does: what is not answered 200 comes again, later each time.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use tokio::time::Instant;

use crate::tally::Answered;

/// How long the first repetition waits; each further one waits twice as long, up to the longest.
const AGAIN: Duration = Duration::from_secs(1);
const AGAIN_MAX: Duration = Duration::from_secs(16);

/// Meta waits this long for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// What became of one webhook.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    pub answered: Answered,
    /// From when it was due to the first answer, whatever it was.
    pub answered_in: Duration,
}

pub struct Courier {
    pub http: Client,
    pub url: String,
    /// After this no further repetition is begun.
    pub patience: Duration,
}

impl Courier {
    /// Brings one body. `due` is when it should have left: a generator that lags hides nothing.
    pub async fn bring(&self, body: String, signature: String, due: Instant) -> Delivery {
        let taken = self.post(body.clone(), &signature).await;
        let answered_in = due.elapsed();
        let answered = if taken { Answered::Taken } else { self.again(&body, &signature, due).await };
        Delivery { answered, answered_in }
    }

    async fn again(&self, body: &str, signature: &str, due: Instant) -> Answered {
        let mut wait = AGAIN;
        while due.elapsed() + wait < self.patience {
            tokio::time::sleep(wait).await;
            if self.post(body.to_owned(), signature).await {
                return Answered::TakenLater;
            }
            wait = (wait * 2).min(AGAIN_MAX);
        }
        Answered::Never
    }

    async fn post(&self, body: String, signature: &str) -> bool {
        let request = self.http.post(&self.url).header(header::CONTENT_TYPE, "application/json");
        let request = request.header("x-hub-signature-256", signature).timeout(ANSWER_WITHIN).body(body);
        matches!(request.send().await, Ok(answer) if answer.status() == StatusCode::OK)
    }
}

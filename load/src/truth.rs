//! What the system says that it has: its export, before and after.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::agent::{Agent, Failed, Kept};
use crate::tally::{Sent, missing};

/// How long between two readings of the export.
const AGAIN: Duration = Duration::from_secs(2);

/// One tenant's export, less what was there before the run.
pub struct Truth {
    owner: Arc<Agent>,
    before: HashSet<String>,
}

impl Truth {
    /// Notes what is there already.
    pub async fn before(owner: Arc<Agent>) -> Result<Self, Failed> {
        let before = owner.export().await?.into_iter().map(|kept| kept.id).collect();
        Ok(Self { owner, before })
    }

    /// What has come since.
    async fn since(&self) -> Result<Vec<Kept>, Failed> {
        let mut kept = self.owner.export().await?;
        kept.retain(|kept| !self.before.contains(&kept.id));
        Ok(kept)
    }

    /// What has come since, read until nothing is missing and nothing waits to be sent, or the deadline has passed; then
    /// once more, for a duplicate may come late.
    pub async fn after(&self, sent: &Sent, deadline: Instant) -> Result<Vec<Kept>, Failed> {
        loop {
            let kept = self.since().await?;
            let ids: BTreeSet<&str> = kept.iter().map(Kept::sender_id).collect();
            let queued = kept.iter().any(|kept| kept.delivery_status.as_deref() == Some("queued"));
            let whole = !queued && missing(sent, &ids).is_empty();
            sleep(AGAIN).await;
            if whole || Instant::now() >= deadline {
                return self.since().await;
            }
        }
    }
}

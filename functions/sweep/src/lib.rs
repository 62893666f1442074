//! Lambda `sweep`: each minute, whatever is due, from sends that wait or got stuck to webhooks that the queue refused and changes
//! that were given up.

mod lost;
mod spill;

use blob::Blobs;
use bootstrap::{Clock, batch::Budget};
use domain::{ConversationId, TenantCtx, TenantId, Timestamp};
use futures_util::{StreamExt, stream};
use queue::Producer;
use table::Tables;

/// At most this many conversations are woken at once.
const AT_ONCE: usize = 16;

pub struct App {
    pub tables: Tables,
    pub blobs: Blobs,
    pub inbound: Producer,
    pub clock: Clock,
}

/// What a tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub woken: usize,
    pub replayed: usize,
    pub reset: usize,
    /// Left for the next tick.
    pub left: usize,
}

impl App {
    /// One tick. The watermark goes on last, and only when nothing before it was left: a tick that fails or ends half way is done
    /// again by the next one, and waking twice does no harm.
    pub async fn sweep(&self, deadline: i64) -> Result<(), table::Error> {
        let budget = Budget::new(self.clock.clone(), deadline);
        let now = self.now();
        let (replayed, reset) = (self.replay(&budget).await, self.reset_after_lost(&budget).await);
        let swept = Swept { replayed, reset, ..self.wake_due(now, &budget).await? };
        if swept != Swept::default() {
            tracing::info!(woken = swept.woken, replayed, reset, left = swept.left, "swept");
        }
        Ok(())
    }

    /// Wakes every conversation that is due.
    pub async fn wake_due(&self, now: Timestamp, budget: &Budget) -> Result<Swept, table::Error> {
        let due = self.tables.global().due_before(now).await?;
        let outcomes: Vec<Outcome> = stream::iter(due)
            .map(|(tenant, conversation, _)| self.wake(tenant, conversation, now, budget))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let count = |wanted| outcomes.iter().filter(|&&outcome| outcome == wanted).count();
        let swept = Swept { woken: count(Outcome::Woken), left: count(Outcome::Left), ..Swept::default() };
        if swept.left == 0 {
            self.tables.global().advance_watermark(now).await?;
        }
        Ok(swept)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }

    async fn wake(&self, tenant: TenantId, conversation: ConversationId, now: Timestamp, budget: &Budget) -> Outcome {
        if budget.left().is_zero() {
            return Outcome::Left;
        }
        let ctx = TenantCtx::of_record(tenant);
        match self.tables.tenant(&ctx).wake_due(&conversation, now).await {
            Ok(true) => Outcome::Woken,
            Ok(false) => Outcome::NotDue,
            // It will not be readable in a minute either: it must not hold up everyone else's watermark.
            Err(error @ (table::Error::Corrupt(_) | table::Error::Denied(_))) => {
                tracing::error!(tenant_id = %ctx.id(), conversation_id = %conversation, why = %error, "cannot be woken");
                Outcome::NotDue
            }
            Err(error @ table::Error::Retry(_)) => {
                tracing::warn!(tenant_id = %ctx.id(), conversation_id = %conversation, why = %error, "left for the next tick");
                Outcome::Left
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Woken,
    NotDue,
    Left,
}

#[cfg(test)]
mod tests;

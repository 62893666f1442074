//! Agents who answer, at a modest rate, some of them pressing Send twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::agent::Agent;
use crate::chance::Chance;
use crate::percentiles::Percentiles;
use crate::plan::REPEATED_PERCENT;
use crate::tally::Answered;

/// Conversations of one tenant in which its agent may answer.
pub struct Desk {
    pub agent: Arc<Agent>,
    pub conversations: Vec<String>,
}

impl Desk {
    fn places(&self, tenant: usize) -> impl Iterator<Item = (usize, &str)> {
        self.conversations.iter().map(move |id| (tenant, id.as_str()))
    }
}

/// A reply that was taken, or was not.
pub struct Replied {
    pub tenant: usize,
    pub key: String,
    pub answered: Answered,
    pub answered_in: Duration,
}

/// One reply of a plan.
struct Reply {
    at: Duration,
    key: String,
    tenant: usize,
    conversation: String,
    twice: bool,
}

/// What became of the replies after they were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RepliesReport {
    pub answered: Percentiles,
    /// By `delivery_status` at the end.
    pub by_status: BTreeMap<String, u32>,
}

/// So many replies a minute, spread over the conversations, each of which is a tenant's.
fn plan(places: &[(usize, &str)], run: &str, per_minute: u32, lasts: Duration, seed: u64) -> Vec<Reply> {
    let mut chance = Chance::new(seed);
    let count = u32::try_from(lasts.as_secs() * u64::from(per_minute) / 60).unwrap_or(u32::MAX);
    let reply = |i: u32| {
        let (tenant, conversation) = *places.get(chance.below(u32::try_from(places.len()).ok()?) as usize)?;
        let (conversation, twice) = (conversation.to_owned(), chance.percent(REPEATED_PERCENT));
        Some(Reply { at: lasts * i / count, key: format!("load-{run}-{i}"), tenant, conversation, twice })
    };
    (0..count).filter_map(reply).collect()
}

/// Sends them, each when it is due. Returns when each is answered.
pub async fn play(desks: &[Desk], run: &str, per_minute: u32, lasts: Duration, seed: u64) -> Vec<Replied> {
    let start = Instant::now();
    let mut going = JoinSet::new();
    let places: Vec<_> = desks.iter().enumerate().flat_map(|(tenant, desk)| desk.places(tenant)).collect();
    for reply in plan(&places, run, per_minute, lasts, seed) {
        let due = start + reply.at;
        sleep_until(due).await;
        if let Some(desk) = desks.get(reply.tenant) {
            going.spawn(send(desk.agent.clone(), reply, due));
        }
    }
    going.join_all().await
}

async fn send(agent: Arc<Agent>, reply: Reply, due: Instant) -> Replied {
    let text = format!("It is: {}", reply.key);
    let once = || async {
        match agent.reply(&reply.conversation, &reply.key, &text).await {
            Ok(()) => Answered::Taken,
            Err(_) => Answered::Never,
        }
    };
    let first = once().await;
    let answered_in = due.elapsed();
    // Pressed twice, or sent again by a client that got no answer: the key is the same.
    let again = reply.twice || first == Answered::Never;
    let answered = if again { first.or(once().await) } else { first };
    Replied { tenant: reply.tenant, key: reply.key, answered, answered_in }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_spread_over_the_time_and_each_has_its_own_key() {
        let replies = plan(&[(0, "a")], "r", 3, Duration::from_secs(60), 1);
        let rows: Vec<_> = replies.iter().map(|reply| (reply.at.as_secs(), reply.key.as_str())).collect();
        assert_eq!(rows, vec![(0, "load-r-0"), (20, "load-r-1"), (40, "load-r-2")]);
    }

    #[test]
    fn nobody_answers_where_nobody_wrote() {
        assert!(plan(&[], "r", 30, Duration::from_secs(60), 1).is_empty());
    }
}

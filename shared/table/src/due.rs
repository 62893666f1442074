//! What is due: the conversations that need looking at, by the minute.

use std::time::Duration;

use domain::{ConversationId, Head, TenantId, Timestamp};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::cas::Cas;
use crate::change::{When, Write};
use crate::send::UNTIL_A_PERSON;
use crate::store::{Index, Range, Read, Sk};
use crate::{Global, Result, Tenant, item, key};

/// A minute's bucket is read again until this long after it: an index may lag, and clocks differ.
const LAG: Duration = Duration::from_secs(120);

/// Where no watermark is: this far back. A conversation whose due is older was stuck before the last ones were, and no more.
const FIRST: Duration = Duration::from_hours(1);

/// After a long pause at most this many minutes are caught up at a time, so that a sweep ends in its time.
const CATCH_UP: i64 = 360;

#[derive(Serialize, Deserialize)]
struct Watermark {
    /// The first minute that may still hold something.
    minute: i64,
}

impl Global<'_> {
    /// What is due by now: all of it, or, after a long pause, what was due longest and what is due in these minutes.
    pub async fn due_before(&self, now: Timestamp) -> Result<Vec<(TenantId, ConversationId, Timestamp)>> {
        let first = self.first_minute(now).await?;
        let recent = earlier(now, LAG).minute().max(first);
        let minutes = (first..recent.min(first + CATCH_UP)).chain(recent..=now.minute());
        let mut due = Vec::new();
        for minute in minutes {
            let shards = (0..key::DUE_SHARDS).map(|shard| self.bucket(minute, shard));
            due.extend(try_join_all(shards).await?.into_iter().flatten());
        }
        due.retain(|(_, _, at)| *at <= now);
        Ok(due)
    }

    /// All that [`Global::due_before`] found is dealt with. The watermark stays behind by as long as an index may lag.
    pub async fn advance_watermark(&self, now: Timestamp) -> Result<()> {
        let minute = earlier(now, LAG).minute().min(self.first_minute(now).await? + CATCH_UP);
        let item = item::encode(&key::watermark(), &Watermark { minute })?;
        self.truth().write(&Write::Put(item, When::Always)).await.map(drop)
    }

    async fn first_minute(&self, now: Timestamp) -> Result<i64> {
        let known = self.truth().get(&key::watermark(), Read::Consistent).await?;
        let known = known.map(item::decode::<Watermark>).transpose()?;
        Ok(known.map_or(earlier(now, FIRST).minute(), |w| w.minute))
    }

    async fn bucket(&self, minute: i64, shard: u8) -> Result<Vec<(TenantId, ConversationId, Timestamp)>> {
        let pk = key::due(minute, shard);
        let range =
            Range { index: Index::Due, pk, sk: Sk::Any, newest_first: false, limit: None, read: Read::Eventual };
        self.truth().all(&range).await?.iter().map(due_item).collect()
    }
}

impl Tenant<'_> {
    /// Wakes a conversation's sends, and has it looked at again later. `false`: it is not due (any more).
    pub async fn wake_due(&self, id: &ConversationId, now: Timestamp) -> Result<bool> {
        let Some(head) = self.head(id).await? else { return Ok(false) };
        if head.next_scheduled().is_some_and(|at| at <= now) {
            return self.release_scheduled(head, now).await.map(|_| true);
        }
        let stuck = self.stuck(now);
        let decide = |head: &Head| {
            head.due.filter(|due| *due <= now)?;
            let mut after = head.clone();
            match head.wait.filter(|until| *until > now) {
                // It says itself when it goes on.
                Some(until) => after.due = Some(until).filter(|u| *u < UNTIL_A_PERSON),
                None if head.out.is_empty() => after.due = None,
                None => {
                    after.wakes += 1;
                    after.due = Some(stuck);
                }
            }
            Some(after)
        };
        Ok(matches!(self.change_head(id, Some(head), decide).await?, Cas::Changed(_)))
    }
}

/// DUE holds keys alone: they tell the tenant, the conversation and the time.
fn due_item(found: &item::Item) -> Result<(TenantId, ConversationId, Timestamp)> {
    let at = item::key_of(found)?;
    let (tenant, _) = at.pk.split_once('#').unwrap_or_default();
    let bad = || crate::Error::Corrupt("a due item whose key cannot be read".to_owned());
    let d_sk = match found.get("d_sk") {
        Some(aws_sdk_dynamodb::types::AttributeValue::S(text)) => item::head::due_of(text)?,
        Some(_) | None => return Err(bad()),
    };
    Ok((tenant.parse().map_err(|_| bad())?, item::tail(&at.pk)?, d_sk))
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}

//! Whether several tenants' changes come by this stream: then nobody's news may wait for another's.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use domain::{TenantId, Timestamp};

/// A tenant that was heard of within this shares the stream. Long, since a stream's batches come to whichever process is free, and
/// each has heard of some alone.
const LATELY: Duration = Duration::from_mins(1);

/// When each tenant was last heard of.
#[derive(Default)]
pub(crate) struct Company(Mutex<BTreeMap<TenantId, Timestamp>>);

impl Company {
    /// Notes whose changes came now, and tells whether there are others who may be waiting behind them.
    pub(crate) fn is_shared<'a>(&self, tenants: impl Iterator<Item = &'a TenantId>, now: Timestamp) -> bool {
        let Ok(mut heard) = self.0.lock() else { return true };
        heard.retain(|_, at| now.since(*at) < LATELY);
        heard.extend(tenants.map(|tenant| (tenant.clone(), now)));
        heard.len() > 1
    }
}

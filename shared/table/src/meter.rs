//! Counts requests and billed units at the SDK seam.

/// What one request cost, as `ReturnConsumedCapacity: INDEXES` tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    pub operation: &'static str,
    /// Read units.
    pub read: f64,
    /// Write units of the tables themselves.
    pub write: f64,
    /// Write units of the indexes.
    pub index_write: f64,
}

/// Where the requests of a [`crate::Tables`] are counted. Cheap to clone; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Meter(std::sync::Arc<std::sync::Mutex<Vec<Spent>>>);

impl Meter {
    /// What was spent since the last time, in order.
    pub fn take(&self) -> Vec<Spent> {
        self.0.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
    }
}

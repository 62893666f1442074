//! What an operator is shown of a body in the bucket that the queue refuses still.

use serde::{Deserialize, Serialize};

use crate::Outgoing;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpillNote {
    /// Its key in the bucket.
    pub object: String,
    pub bytes: usize,
    /// Absent where it cannot be read, or is too large to be kept twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Vec<Outgoing>>,
}

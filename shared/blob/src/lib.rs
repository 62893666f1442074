//! The bucket: bodies too large for a queue or a table, and what the queue refused.

pub mod key;
mod store;

pub use key::Key;
pub use store::{BlobError, Blobs};

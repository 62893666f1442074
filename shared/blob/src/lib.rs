//! The bucket: bodies too large for a queue or a table, what the queue refused, and the files of messages with their links.

pub mod key;
pub mod link;
mod store;

pub use key::Key;
pub use link::{Files, Links, Shown};
pub use store::{BlobError, Blobs, Spilled};

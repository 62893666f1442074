//! The bucket: bodies too large for a queue or a table, what the queue refused, and the files of messages with their links and
//! upload forms.

pub mod content;
pub mod form;
pub mod key;
pub mod link;
mod store;

pub use form::{Announced, Form};
pub use key::Key;
pub use link::{Files, Links, Shown};
pub use store::{BlobError, Blobs, Waiting};

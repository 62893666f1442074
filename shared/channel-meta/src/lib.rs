//! What the three Meta channels share: who signed a webhook, and how Graph answers.

pub mod graph;
pub mod login;
pub mod media;
pub mod not_done;
mod plain;
pub mod probe;
pub mod signature;
pub mod upload;

pub use graph::{Carried, Carrier, Graph, GraphError, Lost, Reply};
pub use login::MetaApp;
pub use media::{Media, NotFetched};
pub use not_done::NotDone;
pub use plain::plain;
pub use signature::{App, verify};
pub use upload::{FileBody, FileForm};

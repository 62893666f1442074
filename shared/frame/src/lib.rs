//! What goes out to screens: the resources as the API shows them, the events around them, and the sockets they go to.

pub mod cursor;
pub mod event;
pub mod post;
pub mod resource;
#[cfg(feature = "test-support")]
pub mod testing;
pub mod topic;

pub use cursor::Cursor;
pub use event::{Event, EventData, EventType};
pub use post::{Frame, Poster};
pub use topic::Topic;

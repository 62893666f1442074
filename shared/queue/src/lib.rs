//! What travels on the queues, versioned, and its producer.

pub mod inbound;
pub mod wake;

pub use inbound::{InboundBody, InboundRecord};
pub use wake::Wake;

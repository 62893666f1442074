//! What travels on the queues, versioned, and its producer.

pub mod inbound;
pub mod producer;
pub mod wake;

pub use inbound::{InboundBody, InboundRecord};
pub use producer::{Outgoing, Producer};
pub use wake::Wake;

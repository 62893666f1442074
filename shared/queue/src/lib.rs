//! What travels on the queues, versioned, and its producer.

pub mod inbound;
pub mod media;
pub mod producer;
pub mod signal;
pub mod spill;
pub mod sqs;
#[cfg(test)]
mod tests;
pub mod wake;

pub use inbound::{InboundBody, InboundRecord};
pub use media::MediaJob;
pub use producer::{Outgoing, Producer};
pub use signal::{Outbound, Signal, SignalKind};
pub use spill::SpillNote;
pub use sqs::Sqs;
pub use wake::Wake;

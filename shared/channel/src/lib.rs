//! The contract of a channel: events in, a message out, and what to do when a send was not taken.

pub mod inbound;
pub mod outbound;

pub use inbound::{
    About, Amended, AmendmentUpdate, By, Doer, Event, InboundMessage, NamesUpdate, Notice, Poison, Signer, StatusUpdate,
};
pub use outbound::{Channel, Content, Invalid, NotSent, Outbound, Outcome};

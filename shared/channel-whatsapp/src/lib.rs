//! WhatsApp's dialect of the Cloud API, both ways.

mod errors;
mod identity;
mod lenient;
mod parse;
mod send;
mod split;

pub use parse::parse;
pub use send::{WhatsApp, check};
pub use split::{Routed, split};

//! WhatsApp's dialect of the Cloud API, both ways.

pub mod coexistence;
mod errors;
mod fields;
mod identity;
mod lenient;
pub mod onboarding;
mod parse;
mod piece;
mod send;
mod split;
pub mod template;

pub use lenient::sha256;
pub use parse::parse;
pub use send::{MARKED_WITHIN, Mark, NotMarked, WhatsApp, check, check_start, kind_of};
pub use split::{BUSINESS_ACCOUNT, RawEvent, Routed, split};

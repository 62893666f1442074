//! The one seam: every request of an AWS client and of the Graph client passes here, and may go wrong here.

mod call;
mod connector;
mod faults;
mod graph;

pub use call::{Answer, Call, Service};
pub use connector::connector;
pub use faults::{Coverage, Fault, Faults};
pub use graph::carrier;

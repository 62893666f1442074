//! The whole of Switchboard on one machine: the real functions, the template that deploys them, and what plays AWS.

pub mod clock;
pub mod lambda;
pub mod listen;
pub mod template;

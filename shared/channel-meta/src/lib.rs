//! What the Meta channels share.

pub mod probe;

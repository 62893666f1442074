//! Crate `push`.

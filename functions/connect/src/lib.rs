//! Crate `connect`.

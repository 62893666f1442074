//! Crate `queue`.

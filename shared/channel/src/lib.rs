//! Crate `channel`.

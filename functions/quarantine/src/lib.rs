//! Crate `quarantine`.

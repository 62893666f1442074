//! Crate `local`.

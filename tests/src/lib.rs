//! Crate `tests`.

//! Crate `sweep`.

//! Crate `bootstrap`.

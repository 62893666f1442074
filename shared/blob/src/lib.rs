//! Crate `blob`.

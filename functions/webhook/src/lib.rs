//! Crate `webhook`.

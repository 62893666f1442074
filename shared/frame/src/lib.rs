//! Crate `frame`.

//! Crate `credential`.

//! Crate `table`.

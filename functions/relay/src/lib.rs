//! Crate `relay`.

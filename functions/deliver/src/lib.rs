//! Crate `deliver`.

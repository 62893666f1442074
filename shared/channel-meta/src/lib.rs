//! Crate `channel-meta`.

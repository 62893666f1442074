//! Crate `ingest`.

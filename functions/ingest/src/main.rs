//! Lambda `ingest`.
fn main() {}

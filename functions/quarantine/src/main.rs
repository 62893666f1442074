//! Lambda `quarantine`.
fn main() {}

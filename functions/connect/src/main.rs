//! Lambda `connect`.
fn main() {}

//! Lambda `webhook`.
fn main() {}

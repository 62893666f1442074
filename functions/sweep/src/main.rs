//! Lambda `sweep`.
fn main() {}

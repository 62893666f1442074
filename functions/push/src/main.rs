//! Lambda `push`.
fn main() {}

//! Lambda `relay`.
fn main() {}

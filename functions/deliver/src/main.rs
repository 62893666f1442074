//! Lambda `deliver`.
fn main() {}

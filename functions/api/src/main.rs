//! Lambda `api`.
fn main() {}

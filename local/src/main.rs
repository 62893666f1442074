//! `make run`: the whole of Switchboard on one machine.
fn main() {}

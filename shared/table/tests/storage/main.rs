//! Storage tests: the real code on the embedded emulator, with a second tenant that must stay untouched.

mod deliver;
mod guard;
mod inbox;
mod ingest;
mod live;
mod people;
mod records;
mod status;
mod units;
mod world;

//! Storage tests: the real code on the embedded emulator, with a second tenant that must stay untouched.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod amend;
mod deliver;
mod files;
mod grants;
mod guard;
mod inbox;
mod ingest;
mod live;
mod people;
mod records;
mod schedule;
mod status;
mod units;
mod world;

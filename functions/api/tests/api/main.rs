//! The API as its callers meet it.
#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

mod channels;
mod coexistence;
mod leaving;
mod operations;
mod parts;
mod policy;
mod road;
mod sign_in;
mod signup;
mod sync;
mod templates;
mod tenants;
mod uploads;
mod world;

//! Stories told to the whole system over HTTP and WebSocket: what a user of it may rely on.

#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the scene")]

mod crash;
mod intake;
mod isolation;
mod later;
mod media;
mod outage;
mod receipts;
mod road;
mod samples;
mod sending;
mod signals;
mod signup;
mod unrouted;
mod uploads;

//! The simulation: seeds, the bugs that it must find, and the double of DynamoDB beside a second opinion.
#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

mod bugs;
mod second_opinion;
mod seeds;

//! SQS as the real SDK meets it: what our queues rely on, and what AWS refuses.

#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

mod batches;
#[path = "../conformance/mod.rs"]
mod conformance;
mod dead_letters;
mod deduplication;
mod fairness;
mod fifo;
mod messages;
mod move_tasks;
mod queues;
mod restart;
mod stage;
mod visibility;

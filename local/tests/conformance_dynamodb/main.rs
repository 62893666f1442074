//! DynamoDB and its streams as the real SDK meets them: what `table`, `relay` and `push` rely on, and what AWS refuses.

#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

#[path = "../conformance/mod.rs"]
mod conformance;
mod limits;
mod reads;
mod service;
mod stage;
mod streams;
mod transactions;
mod updates;

//! Asks of a system what a busy day asks, and counts what became of it. See docs/LOAD.md.

pub mod agent;
pub mod cast;
pub mod chance;
pub mod day;
pub mod install;
pub mod latencies;
pub mod options;
pub mod payload;
pub mod percentiles;
pub mod plan;
pub mod profile;
pub mod replies;
pub mod report;
pub mod run;
pub mod simulator;
pub mod socket;
pub mod tally;
pub mod traffic;
pub mod truth;
pub mod watch;
pub mod webhook;

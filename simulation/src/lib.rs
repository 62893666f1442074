//! The real handlers in one process, under a seed: a scheduler and a clock that it decides, faults at every call, and checks of what
//! must hold whatever happened. See `docs/SIMULATION.md`.
#![recursion_limit = "256"]

pub mod agent;
pub mod aws;
pub mod bugs;
pub mod chance;
pub mod check;
pub mod functions;
pub mod graph;
pub mod host;
pub mod mapping;
pub mod meta;
pub mod record;
pub mod report;
pub mod run;
pub mod seam;
pub mod serve;
pub mod stage;
pub mod time;
pub mod trace;
pub mod workload;
pub mod world;

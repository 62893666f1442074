//! What the scenes of `tests/scenes/` are played with: the system on a stage of its own, its agents, a Graph that follows a script.

#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the scene")]

mod agent;
mod emulator;
mod graph;
mod live;
pub mod payload;
mod stage;

pub use agent::Agent;
pub use graph::{Answer, Graph, Sent};
pub use live::{Known, Live, fresh};
pub use stage::{PATIENCE, Stage, client, eventually, seed};

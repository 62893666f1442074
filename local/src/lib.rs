//! The whole of Switchboard on one machine: the real functions, the template that deploys them, and what plays AWS.

pub mod aws;
pub mod clock;
mod environment;
pub mod gateway;
pub mod iam;
pub mod lambda;
pub mod listen;
pub mod mapping;
mod options;
mod provision;
pub mod schedule;
mod settings;
mod supervisor;
mod system;
pub mod seed;
pub mod simulator;
pub mod template;

pub use options::{MoreRoutes, Options};
pub use settings::{BadSetting, LocalSettings};
pub use supervisor::{DataFolder, FolderError, asked_to_end};
pub use system::{Endpoints, StartError, System};

//! The whole of Switchboard on one machine: the real functions, the template that deploys them, and what plays AWS.

pub mod aws;
pub mod clock;
pub mod emf;
mod environment;
pub mod gateway;
mod hooks;
pub mod iam;
pub mod lambda;
pub mod listen;
pub mod mapping;
mod options;
mod ports;
mod provision;
pub mod schedule;
pub mod seed;
mod settings;
pub mod simulator;
mod start_error;
mod supervisor;
mod system;
pub mod template;

pub use options::{MoreRoutes, Options};
pub use ports::Endpoints;
pub use settings::{BadSetting, LocalSettings};
pub use start_error::StartError;
pub use supervisor::{DataFolder, FolderError, asked_to_end};
pub use system::System;

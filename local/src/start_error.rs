//! Why a system does not start.

use std::net::SocketAddr;

use crate::aws::dynamodb::OpenError;
use crate::seed;
use crate::template::Refusal;

/// Why a system cannot start: one line each.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Template(#[from] Refusal),
    #[error("infra/template.yaml cannot be read: {0}")]
    NoTemplate(std::io::Error),
    #[error("{0} cannot be listened on: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error("infra/template.yaml: {0}: {1}")]
    Resource(String, String),
    #[error("{0}")]
    Data(String),
    #[error("{0}")]
    Seed(#[from] seed::Failed),
}

impl From<OpenError> for StartError {
    fn from(fault: OpenError) -> Self {
        Self::Data(fault.to_string())
    }
}

impl From<std::io::Error> for StartError {
    fn from(fault: std::io::Error) -> Self {
        Self::Data(fault.to_string())
    }
}

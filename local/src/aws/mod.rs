//! What plays AWS on one machine: each service speaks its own wire protocol, and the real SDK talks to it.

pub(crate) mod cors;
pub mod dynamodb;
pub mod journal;
pub mod s3;
pub mod secrets;
pub mod sqs;
pub mod sts;

use std::path::PathBuf;
use std::sync::Arc;

/// Where a service keeps what it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Gone with the process: for tests.
    Memory,
    /// A folder; what was answered is there after a `kill -9`.
    Dir(PathBuf),
}

impl Data {
    /// The file of this name, if there is a folder.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Memory => None,
            Self::Dir(dir) => Some(dir.join(name)),
        }
    }
}

/// Tells the time in milliseconds since 1970: an argument, so that a test can move it.
pub type Now = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The account and region that everything local lives in.
pub const ACCOUNT: &str = "000000000000";
pub const REGION: &str = "us-east-1";

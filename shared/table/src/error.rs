//! Why the tables did not answer, by what to do next.

/// Outcomes that belong to the business are `Ok` enums of their functions; this is what is left.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A throttle, a timeout, or a conflict that outlived five tries: do the whole thing again later.
    #[error("the table was busy: {0}")]
    Retry(String),
    /// The guard or IAM refused a key that lies outside the tenant. Never worth another try.
    #[error("the table refused: {0}")]
    Denied(String),
    /// An item that cannot be read, or a request that the table can never take: for quarantine.
    #[error("the table holds what cannot be read: {0}")]
    Corrupt(String),
}

pub type Result<T> = std::result::Result<T, Error>;

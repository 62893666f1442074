//! What failed, by what to do next.

use std::fmt::Debug;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::Error;
use crate::guard::Refused;
use crate::store::Transacted;

/// Reads a transaction's cancellation reasons; `None` where they hold more than conditions and conflicts.
pub(crate) fn judge(codes: &[&str]) -> Option<Transacted> {
    if !codes.iter().all(|c| matches!(*c, "None" | "ConditionalCheckFailed" | "TransactionConflict")) {
        return None;
    }
    let unmet: Vec<usize> = (0..codes.len()).filter(|&i| codes[i] == "ConditionalCheckFailed").collect();
    Some(if unmet.is_empty() { Transacted::Conflict } else { Transacted::Unmet(unmet) })
}

pub(crate) fn failed_codes(codes: &[&str]) -> Error {
    let text = format!("a transaction was cancelled: {codes:?}");
    if codes.contains(&"ValidationError") { Error::Corrupt(text) } else { Error::Retry(text) }
}

/// A single write that was not made.
pub(crate) struct Failed {
    /// Its condition did not hold.
    pub(crate) unmet: bool,
    /// A transaction was at the same item.
    pub(crate) conflict: bool,
    pub(crate) error: Error,
}

impl Failed {
    pub(crate) fn of<E>(error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + Debug + 'static,
    {
        let code = error.as_service_error().and_then(|e| e.code()).unwrap_or_default().to_owned();
        let (unmet, conflict) = (code == "ConditionalCheckFailedException", code == "TransactionConflictException");
        Self { unmet, conflict, error: failed(error) }
    }
}

/// What to do next about a request that failed. The text names the kind of failure, never a key or a value.
pub(crate) fn failed<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + Debug + 'static,
{
    if let Some(service) = error.as_service_error() {
        let code = service.code().unwrap_or("unknown").to_owned();
        return match code.as_str() {
            "AccessDeniedException" | "UnrecognizedClientException" | "MissingAuthenticationToken" => {
                Error::Denied(code)
            }
            "ValidationException" | "ItemCollectionSizeLimitExceededException" => Error::Corrupt(code),
            _ => Error::Retry(code),
        };
    }
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return Error::Denied(refused.to_string());
        }
        source = cause.source();
    }
    Error::Retry(match error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(_) => "no connection".to_owned(),
        SdkError::ConstructionFailure(_) => "the request could not be made".to_owned(),
        _ => "no answer that could be read".to_owned(),
    })
}

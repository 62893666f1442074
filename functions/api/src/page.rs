//! Lists: what every one of them answers.

use serde::Serialize;
use utoipa::ToSchema;

/// One page, and where the next begins.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Pass it as `cursor`; `null` on the last page. A page may be short, even empty, and still have a next.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

//! Who did what: a record that is added, and never changed.

use domain::TenantCtx;
use serde_json::Value;
use table::{Audit, LogId};

use crate::{App, problem::Problem};

/// Something that a person did to `target`.
pub struct Deed<'a> {
    /// A user's id, or [`META`].
    pub actor: &'a str,
    /// `quarantine.replay`…
    pub action: &'a str,
    pub target: &'a str,
    pub request_id: &'a str,
    pub details: Value,
}

/// The actor of what nobody here did, but Meta told.
pub const META: &str = "meta";

/// Writes it down in the tenant's log, or in the install's where an operator did it.
pub async fn record(app: &App, ctx: Option<&TenantCtx>, deed: Deed<'_>) -> Result<(), Problem> {
    let at = app.now();
    let audit = Audit {
        id: LogId::new(at, app.random.bytes()),
        actor: deed.actor.to_owned(),
        action: deed.action.to_owned(),
        target: deed.target.to_owned(),
        request_id: deed.request_id.to_owned(),
        at,
        details: deed.details,
    };
    let log = ctx.map_or_else(|| app.tables.install(), |ctx| app.tables.tenant(ctx));
    Ok(log.record_audit(&audit).await?)
}

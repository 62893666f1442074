//! What someone has connected no longer counts: its tokens are forgotten, and its accounts wait for a reconnect.

use domain::{AccountStatus, TenantCtx};
use serde_json::json;
use table::Grant;

use super::FromMeta;
use crate::{
    App,
    audit::{self, Deed, META},
    channels::connect::secret_problem,
    problem::Problem,
};

const WITHDRAWN: &str = "Access was withdrawn at Meta: connect the account again.";

/// Withdraws everything that this person has connected before they said so. `action` is for the audit. Safe to repeat.
pub(super) async fn all(app: &App, meta: &FromMeta, action: &str) -> Result<usize, Problem> {
    let grants = app.tables.global().grants_of(&meta.said.user_id).await?;
    let mut withdrawn = 0;
    for grant in &grants {
        withdrawn += usize::from(one(app, meta, grant, action).await?);
    }
    Ok(withdrawn)
}

/// `false`: the account no longer hangs on what the person granted.
async fn one(app: &App, meta: &FromMeta, grant: &Grant, action: &str) -> Result<bool, Problem> {
    // Meta tells the time in whole seconds.
    if grant.at.millis() / 1_000 > meta.said.issued_at.millis() / 1_000 {
        return Ok(false);
    }
    let ctx = TenantCtx::of_record(grant.tenant.clone());
    let tenant = app.tables.tenant(&ctx);
    let account = tenant.account(&grant.account).await?;
    let account = account.filter(|account| account.credential == grant.credential);
    let account = account.filter(|account| account.status != AccountStatus::Disconnected);
    if let Some(account) = &account {
        tenant.set_account_status(account, AccountStatus::NeedsReauth, Some(WITHDRAWN)).await?;
    }
    // One that a later token has replaced is kept for a while too.
    let forgotten = app.tokens.forget_credential(ctx.id(), &grant.account, grant.credential).await;
    forgotten.map_err(|error| secret_problem(&error))?;
    let Some(account) = account else { return Ok(false) };
    let details = json!({"external_id": account.external_id, "credential": account.credential});
    let (target, request_id) = (account.id.as_str(), meta.request_id.as_str());
    audit::record(app, Some(&ctx), Deed { actor: META, action, target, request_id, details }).await?;
    Ok(true)
}

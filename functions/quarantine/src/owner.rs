//! Whose a dead record is, as far as it tells.

use domain::TenantId;
use queue::{InboundRecord, MediaJob, Wake};
use table::Tables;

/// A wake names its tenant, and so does a file to be fetched. An event names its account, whose route names the tenant, if its signer may speak for that one; an
/// event that its signer may not send is the install's business.
pub(crate) async fn of(tables: &Tables, body: &str) -> Result<Option<TenantId>, table::Error> {
    if let Ok(wake) = serde_json::from_str::<Wake>(body) {
        return Ok(Some(wake.tenant));
    }
    if let Ok(job) = serde_json::from_str::<MediaJob>(body) {
        return Ok(Some(job.tenant));
    }
    let Ok(record) = serde_json::from_str::<InboundRecord>(body) else { return Ok(None) };
    let Some(account) = &record.account else { return Ok(record.signer.tenant) };
    let route = tables.global().route(record.channel, account).await?;
    Ok(match route {
        Some(route) if record.signer.speaks_for(&route.tenant) => Some(route.tenant),
        Some(_) | None => record.signer.tenant,
    })
}

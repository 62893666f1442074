//! What a channel tells of an account: kept in the account's log, and where it matters shown as its health.

use channel::Notice;
use domain::{Account, Timestamp};
use table::{Entry, LedgerKind};

use crate::{App, Bodies, Place, Retry};

impl<B: Bodies> App<B> {
    pub(crate) async fn note(&self, place: &Place, notice: &Notice, received_at: Timestamp) -> Result<(), Retry> {
        let tenant = self.tables.tenant(&place.ctx);
        let entry = Entry {
            id: self.log_id(received_at, &format!("{} {}", notice.topic, notice.raw)),
            at: received_at,
            reason: match &notice.event {
                Some(event) => format!("{}: {event}", notice.topic),
                None => notice.topic.clone(),
            },
            source: place.account.channel.to_string(),
            record: notice.raw.clone(),
        };
        tracing::info!(tenant_id = %place.ctx.id(), reason = entry.reason, event_id = entry.id.as_str(), "notice");
        tenant.put_entry(LedgerKind::ChannelNotice, &entry).await?;
        let Some(health) = &notice.health else { return Ok(()) };
        for account in tenant.accounts().await?.iter().filter(|account| concerns(notice, place, account)) {
            tenant.set_account_status(account, account.status, Some(health)).await?;
        }
        Ok(())
    }
}

/// The one number that it names, or every number of the business account.
fn concerns(notice: &Notice, place: &Place, account: &Account) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let same_business = account.waba_id.is_some() && account.waba_id == place.account.waba_id;
    match (&notice.display_phone_number, &account.display_phone_number) {
        (Some(told), Some(known)) => digits(told) == digits(known),
        (Some(_) | None, _) => same_business || account.id == place.account.id,
    }
}

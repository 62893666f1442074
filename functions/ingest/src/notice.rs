//! What a channel tells of an account: kept in the account's log, and where it matters shown as its health, or in its templates.

use channel::{About, Notice};
use domain::template::TemplateNews;
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
        if notice.health.is_none() && notice.template.is_none() {
            return Ok(());
        }
        for account in tenant.accounts().await?.iter().filter(|account| concerns(notice, place, account)) {
            if let Some(health) = &notice.health {
                tenant.set_account_status(account, account.status, Some(health)).await?;
            }
            if let Some(TemplateNews { name, language, what }) = &notice.template {
                tenant.change_template(&account.id, name, language, what).await?;
            }
        }
        Ok(())
    }
}

/// The account that it came to, the one number that it names, or every number of the business account.
fn concerns(notice: &Notice, place: &Place, account: &Account) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let same_business = account.waba_id.is_some() && account.waba_id == place.account.waba_id;
    match (&notice.about, &account.display_phone_number) {
        (About::Account, _) => account.id == place.account.id,
        (About::Number(told), Some(known)) => digits(told) == digits(known),
        (About::Number(_) | About::Business, _) => same_business || account.id == place.account.id,
    }
}

//! What a customer is shown that is no message: that theirs were read, that someone types. Best effort, and never tried twice:
//! it is worth something now or not at all, and no send waits for it.

use std::time::Duration;

use channel_whatsapp::{MARKED_WITHIN, Mark};
use domain::{Account, AccountStatus, ChannelType, Head, Message, TenantCtx, Timestamp};
use queue::{Signal, SignalKind};

use crate::{App, Tokens};

/// After this long it is no news that a message was read.
const READ_WITHIN: Duration = Duration::from_secs(300);

/// An indicator that comes later than this comes after the answer.
const TYPING_WITHIN: Duration = Duration::from_secs(10);

impl<T: Tokens> App<T> {
    pub async fn signal(&self, signal: &Signal) {
        match self.show(signal).await {
            Ok(()) => {}
            Err(error) => {
                tracing::info!(tenant_id = %signal.tenant, conversation_id = %signal.conversation, why = %error, "a signal was dropped");
            }
        }
    }

    async fn show(&self, signal: &Signal) -> table::Result<()> {
        let ctx = TenantCtx::of_record(signal.tenant.clone());
        let tenant = self.tables.tenant(&ctx);
        let now = self.now();
        if now.since(signal.at()) > worth(signal.signal) {
            return Ok(());
        }
        let Some(head) = tenant.head_eventual(&signal.conversation).await? else { return Ok(()) };
        let Some(account) = tenant.account(&head.account).await? else { return Ok(()) };
        if !may(signal.signal, &head, &account, now) {
            return Ok(());
        }
        let (mark, up_to) = match signal.signal {
            SignalKind::Read(seq) => (Mark::Read, Some(seq)),
            SignalKind::Typing => (Mark::Typing, None),
        };
        if let Some(message) = tenant.newest_received(&head.id, up_to).await? {
            self.mark(&ctx, &account, &message, mark, now).await;
        }
        Ok(())
    }

    async fn mark(&self, ctx: &TenantCtx, account: &Account, message: &Message, mark: Mark, now: Timestamp) {
        let Some(id) = message.channel_message_id.as_deref() else { return };
        if now.since(message.received_at) > MARKED_WITHIN {
            return;
        }
        let Ok(token) = self.tokens.access_token(ctx, account).await else { return };
        if let Err(why) = self.whatsapp.mark(&account.external_id, &token, id, mark).await {
            tracing::info!(channel_account_id = %account.id, message_id = %message.id, %why, "the channel took no mark");
        }
    }
}

fn worth(signal: SignalKind) -> Duration {
    match signal {
        SignalKind::Read(_) => READ_WITHIN,
        SignalKind::Typing => TYPING_WITHIN,
    }
}

/// Whether this customer is to be shown this now. An account that may not send, or must send more slowly, makes no calls but
/// sends; whoever types to someone who can get no answer shows them nothing; a group has neither.
fn may(signal: SignalKind, head: &Head, account: &Account, now: Timestamp) -> bool {
    let shown = match head.channel {
        ChannelType::Whatsapp => account.read_receipts && head.group.is_none(),
        ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => false,
    };
    let free = account.status == AccountStatus::Active && account.throttled_until.is_none_or(|until| until <= now);
    let answerable = match signal {
        SignalKind::Read(_) => true,
        SignalKind::Typing => head.window.is_open(now),
    };
    shown && free && answerable
}

#[cfg(test)]
mod tests {
    use crate::plan::tests::{account, at, head};

    use super::*;

    #[test]
    fn a_signal_is_shown_where_the_account_shows_it_and_a_send_would_be_free_to_go() {
        let (read, typing) = (SignalKind::Read(1), SignalKind::Typing);
        let active = || account(AccountStatus::Active, None);
        let day = 24 * 60 * 60;
        for (story, signal, now, head, account, shown) in [
            ("read", read, 10, head(), active(), true),
            ("typing", typing, 10, head(), active(), true),
            ("read after the window", read, day, head(), active(), true),
            ("typing after the window", typing, day, head(), active(), false),
            ("a group", read, 10, Head { group: Some("g".to_owned()), ..head() }, active(), false),
            ("switched off", read, 10, head(), Account { read_receipts: false, ..active() }, false),
            ("a dead token", typing, 10, head(), account(AccountStatus::NeedsReauth, None), false),
            ("slowed down", read, 10, head(), account(AccountStatus::Active, Some(at(11))), false),
            ("no longer", read, 11, head(), account(AccountStatus::Active, Some(at(11))), true),
        ] {
            assert_eq!(may(signal, &head, &account, at(now)), shown, "{story}");
        }
    }
}

//! What was understood, on its way into the table: names first, then messages, then what was done to them.

use channel::{Amended, AmendmentUpdate, By, Doer, NamesUpdate, StatusUpdate};
use domain::amend::Edit;
use domain::message::Raw;
use domain::{Amendment, Author, ContactId, MessageId, Reaction, TenantCtx};
use table::{AmendOutcome, ContactSeed, Inbound, StatusIn, StatusOutcome};

use crate::gathered::Gathered;
use crate::thread::{Arrived, by_thread};
use crate::{App, Bodies, Place, Retry, Tally};

/// A raw payload longer than this goes to the bucket: the table takes 400 KB an item, and is billed by the KB.
const RAW_INLINE: usize = 100 * 1024;

impl<B: Bodies> App<B> {
    pub(crate) async fn store(&self, told: Gathered, tally: &mut Tally) -> Result<(), Retry> {
        let Gathered { place, messages, amendments, statuses, names, notices } = told;
        for update in &names {
            self.learn(&place, update).await?;
        }
        self.store_messages(&place, messages, tally).await?;
        for update in &amendments {
            self.amend(&place, update).await?;
        }
        for status in &statuses {
            self.apply(&place, status).await?;
        }
        for (notice, received_at) in &notices {
            self.note(&place, notice, *received_at).await?;
        }
        tally.amendments += amendments.len();
        tally.statuses += statuses.len();
        tally.names += names.len();
        tally.notices += notices.len();
        Ok(())
    }

    async fn store_messages(&self, place: &Place, messages: Vec<Arrived>, tally: &mut Tally) -> Result<(), Retry> {
        let tenant = self.tables.tenant(&place.ctx);
        for (key, group) in by_thread(messages) {
            let mut batch = Vec::new();
            for arrived in group {
                batch.push(self.inbound(place, arrived).await?);
            }
            let thread = key.thread(self.new_contact());
            let received = tenant.receive(&place.account, &thread, &batch, self.now()).await?;
            tracing::info!(
                tenant_id = %place.ctx.id(), channel_account_id = %place.account.id,
                conversation_id = %received.conversation, stored = received.stored.len(),
                duplicates = received.duplicates, "messages"
            );
            self.measure(place.account.channel, &batch, &received);
            tally.stored += received.stored.len();
            tally.duplicates += received.duplicates;
        }
        Ok(())
    }

    async fn inbound(&self, place: &Place, arrived: Arrived) -> Result<Inbound, Retry> {
        let Arrived { message, at: received_at } = arrived;
        Ok(Inbound {
            external_id: message.external_id,
            at: message.at,
            kind: message.kind,
            text: message.text,
            body: message.body,
            author: match message.by {
                By::Participant => None,
                By::Business(name) => Some(business(name)),
                By::Channel => Some(Author::System),
            },
            reply_to: message.reply_to,
            raw_type: message.raw_type,
            raw: self.raw(&place.ctx, message.raw).await?,
            opens_window: message.opens_window,
            past: message.past,
            receipt: message.receipt,
            received_at,
        })
    }

    /// Names that nobody wrote under: a contact's, known or new.
    async fn learn(&self, place: &Place, update: &NamesUpdate) -> Result<(), Retry> {
        let (identities, name) = (update.identities.clone(), update.name.clone());
        let seed = ContactSeed { id_if_new: self.new_contact(), identities, name };
        let contact = self.tables.tenant(&place.ctx).learn_contact(&place.account.id, &seed, update.at).await?;
        tracing::info!(tenant_id = %place.ctx.id(), contact_id = %contact.id, "names");
        Ok(())
    }

    async fn amend(&self, place: &Place, update: &AmendmentUpdate) -> Result<(), Retry> {
        let at = update.at;
        let fact = match &update.what {
            Amended::Reaction(emoji) => {
                let by = self.author(place, update).await?;
                Amendment::Reaction(Reaction { by, emoji: emoji.clone(), at })
            }
            Amended::Edit(text) => Amendment::Edit(Edit { at, text: text.clone() }),
            Amended::Revoke => Amendment::Revoke { at },
            Amended::Call(call) => Amendment::Call(call.clone()),
            Amended::Fill(fill) => Amendment::Fill(fill.clone()),
        };
        let tenant = self.tables.tenant(&place.ctx);
        match tenant.amend(&place.account.id, &update.external_id, &fact).await? {
            AmendOutcome::Applied(message) => {
                tracing::info!(tenant_id = %place.ctx.id(), message_id = %message, "amended");
            }
            AmendOutcome::NothingNew => {}
            AmendOutcome::Waiting => tracing::info!(tenant_id = %place.ctx.id(), "an amendment waits for its message"),
        }
        Ok(())
    }

    /// Who reacted: a contact, who may never have written before, or the business.
    async fn author(&self, place: &Place, update: &AmendmentUpdate) -> Result<Author, Retry> {
        let (from, name) = match &update.by {
            Doer::Business(name) => return Ok(business(name)),
            Doer::Participant { from, name } => (from.clone(), name.clone()),
        };
        let seed = ContactSeed { id_if_new: self.new_contact(), identities: from, name };
        let contact = self.tables.tenant(&place.ctx).learn_contact(&place.account.id, &seed, update.at).await?;
        Ok(Author::Contact { id: Some(contact.id.to_string()), name: contact.display_name() })
    }

    async fn apply(&self, place: &Place, status: &StatusUpdate) -> Result<(), Retry> {
        let status = StatusIn {
            external_id: status.external_id.clone(),
            reference: status.reference.as_deref().and_then(reference),
            receipt: status.receipt.clone(),
            at: status.at,
            pricing: status.pricing.clone(),
        };
        let outcome = self.tables.tenant(&place.ctx).apply_status(&place.account.id, &status).await?;
        match outcome {
            StatusOutcome::Applied(message) => {
                tracing::info!(tenant_id = %place.ctx.id(), message_id = %message, "status");
            }
            StatusOutcome::NothingNew => {}
            StatusOutcome::Waiting => tracing::info!(tenant_id = %place.ctx.id(), "a status waits for its message"),
        }
        Ok(())
    }

    async fn raw(&self, ctx: &TenantCtx, raw: Option<String>) -> Result<Option<Raw>, Retry> {
        match raw {
            Some(text) if text.len() > RAW_INLINE => {
                let key = self.bodies.keep_raw(ctx, text).await.map_err(Retry::Bodies)?;
                Ok(Some(Raw::Stored(key)))
            }
            raw => Ok(raw.map(Raw::Inline)),
        }
    }

    fn new_contact(&self) -> ContactId {
        ContactId::from_bytes(self.random.bytes())
    }
}

fn business(name: &str) -> Author {
    Author::External { name: name.to_owned() }
}

/// Our message and its attempt, as `deliver` sent them along: the id, a dot, the attempt.
fn reference(text: &str) -> Option<(MessageId, u32)> {
    let (id, attempt) = text.rsplit_once('.')?;
    Some((id.parse().ok()?, attempt.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_sent_along_is_a_reference() {
        let id = format!("{}{}", "0".repeat(26), "1".repeat(16));
        for (text, expected) in [
            (format!("{id}.2"), Some((id.parse().unwrap(), 2))),
            (id.clone(), None),
            (format!("{id}."), None),
            (format!("{id}.x"), None),
            ("tenant7:msg42".to_owned(), None),
        ] {
            assert_eq!(reference(&text), expected, "{text}");
        }
    }
}

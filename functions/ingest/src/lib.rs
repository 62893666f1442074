//! Lambda `ingest`: queue `inbound` in, the table out. It decides what an event means, and writes it once.

mod claim;
mod routes;
mod thread;

use bootstrap::{Clock, Random};
use channel::{Event, StatusUpdate};
use domain::message::Raw;
use domain::{Account, ChannelType, ContactId, IdKey, MessageId, TenantCtx, Timestamp};
use queue::{InboundBody, InboundRecord};
use serde_json::value::RawValue;
use table::{Entry, LedgerKind, LogId, StatusIn, StatusOutcome, Tables};

pub use crate::claim::Bodies;
pub use crate::routes::Routes;
use crate::thread::{Arrived, by_thread};

/// A raw payload longer than this goes to the bucket: the table takes 400 KB an item, and is billed by the KB.
const RAW_INLINE: usize = 100 * 1024;

pub struct App<B> {
    pub tables: Tables,
    pub id_key: IdKey,
    pub routes: Routes,
    pub bodies: B,
    pub clock: Clock,
    pub random: Random,
}

/// Why a record is worth doing again.
#[derive(Debug, thiserror::Error)]
pub enum Retry {
    #[error(transparent)]
    Table(#[from] table::Error),
    #[error("the bucket did not give or take a body")]
    Bodies(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a record came to: every event is in exactly one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub stored: usize,
    pub duplicates: usize,
    pub statuses: usize,
    pub ignored: usize,
    pub quarantined: usize,
    pub unrouted: usize,
}

/// The account that a record is for.
struct Place {
    ctx: TenantCtx,
    account: Account,
}

/// What the records of one account's thread say.
struct Gathered {
    place: Place,
    messages: Vec<Arrived>,
    statuses: Vec<StatusUpdate>,
}

impl<B: Bodies> App<B> {
    /// Takes in the records of one group of the queue: what they say of one thread becomes one transaction. Safe to repeat
    /// at any time later. `Err` means "worth doing again", no more.
    pub async fn ingest(&self, records: &[String]) -> Result<Tally, Retry> {
        let mut tally = Tally::default();
        let mut gathered: Vec<Gathered> = Vec::new();
        for text in records {
            self.gather(text, &mut gathered, &mut tally).await?;
        }
        for Gathered { place, messages, statuses } in gathered {
            self.store(&place, messages, &mut tally).await?;
            for status in &statuses {
                self.apply(&place, status).await?;
            }
            tally.statuses += statuses.len();
        }
        Ok(tally)
    }

    async fn gather(&self, text: &str, gathered: &mut Vec<Gathered>, tally: &mut Tally) -> Result<(), Retry> {
        let Ok(record) = serde_json::from_str::<InboundRecord>(text) else {
            return self.quarantine_record(text, "the record is not in a format that we know", tally).await;
        };
        let Some(external) = record.account.clone() else {
            return self.quarantine_record(text, "the event names no account", tally).await;
        };
        let Some(place) = self.place(&record, &external, text).await? else {
            tally.unrouted += 1;
            return Ok(());
        };
        let at = match gathered.iter().position(|g| g.place.account.id == place.account.id) {
            Some(at) => at,
            None => {
                gathered.push(Gathered { place, messages: Vec::new(), statuses: Vec::new() });
                gathered.len() - 1
            }
        };
        let into = &mut gathered[at];
        match &record.body {
            InboundBody::Events(pieces) => self.understand(&record, pieces, into, tally).await,
            InboundBody::Claim(key) => {
                let pieces = self.bodies.pieces(key).await.map_err(Retry::Bodies)?;
                self.understand(&record, &pieces, into, tally).await
            }
            InboundBody::Unreadable(raw) => {
                let reason = "the event's routing fields could not be read";
                self.quarantine(&into.place.ctx, &record, raw, reason, tally).await
            }
        }
    }

    /// The account that the record is for, if its signer may speak for it; else the record is kept for a later connect.
    async fn place(&self, record: &InboundRecord, external: &str, text: &str) -> Result<Option<Place>, Retry> {
        if let Some(place) = self.look_up(record, external).await? {
            return Ok(Some(place));
        }
        let event = self.unrouted(record, external, text);
        self.tables.global().put_unrouted(&event).await?;
        // A connect that ran meanwhile wrote its route before it looked for what waits: one of us sees the other.
        match self.look_up(record, external).await? {
            Some(place) => {
                self.tables.global().delete_unrouted(&event).await?;
                Ok(Some(place))
            }
            None => Ok(None),
        }
    }

    async fn look_up(&self, record: &InboundRecord, external: &str) -> Result<Option<Place>, Retry> {
        let now = self.now();
        let Some(route) = self.routes.find(&self.tables, record.channel, external, now).await? else { return Ok(None) };
        if !record.signer.speaks_for(&route.tenant) {
            tracing::warn!(
                app_id = record.signer.app_id,
                "an app signed an event of an account that is not its tenant's"
            );
            return Ok(None);
        }
        let ctx = TenantCtx::of_route(route.tenant);
        let account = self.routes.account(&self.tables, &ctx, &route.account, now).await?;
        Ok(account.map(|account| Place { ctx, account }))
    }

    async fn understand(
        &self,
        record: &InboundRecord,
        pieces: &[Box<RawValue>],
        into: &mut Gathered,
        tally: &mut Tally,
    ) -> Result<(), Retry> {
        for piece in pieces {
            let events = match parse(record.channel, piece) {
                Ok(events) => events,
                Err(poison) => {
                    self.quarantine(&into.place.ctx, record, piece.get(), &poison.reason, tally).await?;
                    continue;
                }
            };
            for event in events {
                match event {
                    Event::Message(message) => into.messages.push(Arrived { message, at: record.received_at() }),
                    Event::Status(status) => into.statuses.push(status),
                    Event::Ignored(why) => {
                        let Place { ctx, account } = &into.place;
                        tracing::info!(tenant_id = %ctx.id(), channel_account_id = %account.id, why, "ignored");
                        tally.ignored += 1;
                    }
                }
            }
        }
        Ok(())
    }

    async fn store(&self, place: &Place, messages: Vec<Arrived>, tally: &mut Tally) -> Result<(), Retry> {
        let tenant = self.tables.tenant(&place.ctx);
        for (key, group) in by_thread(messages) {
            let mut batch = Vec::new();
            for Arrived { message, at } in group {
                batch.push(table::Inbound {
                    external_id: message.external_id,
                    at: message.at,
                    kind: message.kind,
                    text: message.text,
                    author: None,
                    reply_to: message.reply_to,
                    raw_type: message.raw_type,
                    raw: self.raw(&place.ctx, message.raw).await?,
                    opens_window: message.opens_window,
                    received_at: at,
                });
            }
            let thread = key.thread(ContactId::from_bytes(self.random.bytes()));
            let received = tenant.receive(&place.account, &thread, &batch, self.now()).await?;
            tracing::info!(
                tenant_id = %place.ctx.id(), channel_account_id = %place.account.id,
                conversation_id = %received.conversation, stored = received.stored.len(),
                duplicates = received.duplicates, "messages"
            );
            tally.stored += received.stored.len();
            tally.duplicates += received.duplicates;
        }
        Ok(())
    }

    async fn apply(&self, place: &Place, status: &StatusUpdate) -> Result<(), Retry> {
        let status = StatusIn {
            external_id: status.external_id.clone(),
            reference: status.reference.as_deref().and_then(reference),
            receipt: status.receipt.clone(),
            at: status.at,
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

    fn unrouted(&self, record: &InboundRecord, external: &str, text: &str) -> table::Unrouted {
        table::Unrouted {
            id: self.log_id(record.received_at(), text),
            at: record.received_at(),
            channel: record.channel,
            external: external.to_owned(),
            signer: record.signer.tenant.clone(),
            record: text.to_owned(),
        }
    }

    /// Puts one event where an operator of its tenant finds it, with its reason.
    async fn quarantine(
        &self,
        ctx: &TenantCtx,
        record: &InboundRecord,
        raw: &str,
        reason: &str,
        tally: &mut Tally,
    ) -> Result<(), Retry> {
        tally.quarantined += 1;
        let event = serde_json::from_str(raw).unwrap_or_else(|_| serde_json::Value::from(raw));
        let whole = serde_json::json!({
            "v": record.v, "channel": record.channel, "account": record.account, "signer": record.signer,
            "received_ms": record.received_ms, "body": { "events": [event] },
        });
        let entry = Entry {
            id: self.log_id(record.received_at(), raw),
            at: record.received_at(),
            reason: reason.to_owned(),
            source: "ingest".to_owned(),
            record: whole.to_string(),
        };
        tracing::warn!(tenant_id = %ctx.id(), reason, event_id = entry.id.as_str(), "quarantined");
        Ok(self.tables.tenant(ctx).put_entry(LedgerKind::Quarantine, &entry).await?)
    }

    /// A record that tells no tenant: the install's operators find it.
    async fn quarantine_record(&self, text: &str, reason: &str, tally: &mut Tally) -> Result<(), Retry> {
        tally.quarantined += 1;
        let at = self.now();
        let id = LogId::new(at, tail(&self.id_key.global(&["quarantine", text])));
        let entry = Entry { id, at, reason: reason.to_owned(), source: "ingest".to_owned(), record: text.to_owned() };
        tracing::warn!(reason, event_id = entry.id.as_str(), "quarantined");
        Ok(self.tables.install().put_entry(LedgerKind::Quarantine, &entry).await?)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }

    /// The same event has the same id, so that doing a record again adds nothing.
    fn log_id(&self, at: Timestamp, text: &str) -> LogId {
        LogId::new(at, tail(&self.id_key.global(&["log", text])))
    }
}

/// The bytes of a hash's text that make an id's tail.
fn tail(hash: &str) -> [u8; 10] {
    let mut tail = [0; 10];
    tail.iter_mut().zip(hash.bytes()).for_each(|(to, from)| *to = from);
    tail
}

/// A dialect's piece, in our words.
fn parse(channel: ChannelType, piece: &RawValue) -> Result<Vec<Event>, channel::Poison> {
    match channel {
        ChannelType::Whatsapp => channel_whatsapp::parse(piece),
        ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => {
            Err(channel::Poison { reason: format!("{channel} is not connected to the inbox yet") })
        }
    }
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

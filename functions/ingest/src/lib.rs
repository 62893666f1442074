//! Lambda `ingest`: queue `inbound` in, the table out. It decides what an event means, and writes it once.

mod business;
mod claim;
mod gathered;
mod measure;
mod notice;
mod routes;
mod store;
mod thread;

use bootstrap::{Clock, Random};
use channel::Event;
use domain::{Account, ChannelType, IdKey, TenantCtx, Timestamp};
use queue::{InboundBody, InboundRecord};
use serde_json::value::RawValue;
use table::{Entry, LedgerKind, LogId, Tables};

pub use crate::claim::Bodies;
use crate::gathered::Gathered;
pub use crate::routes::Routes;

pub struct App<B> {
    pub tables: Tables,
    pub id_key: IdKey,
    pub routes: Routes,
    pub bodies: B,
    pub clock: Clock,
    pub random: Random,
    /// The function's name, the dimension of its figures.
    pub name: String,
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
    /// What was done to earlier messages.
    pub amendments: usize,
    /// Names that were learnt without a message.
    pub names: usize,
    /// What concerns an account, kept in its log.
    pub notices: usize,
    pub ignored: usize,
    pub quarantined: usize,
    pub unrouted: usize,
}

/// The account that a record is for.
pub(crate) struct Place {
    pub(crate) ctx: TenantCtx,
    pub(crate) account: Account,
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
        for told in gathered {
            self.store(told, &mut tally).await?;
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
                gathered.push(Gathered::new(place));
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
        let Some(route) = self.route(record, external, now).await? else { return Ok(None) };
        if !record.signer.speaks_for(&route.tenant) {
            tracing::warn!(
                app_id = record.signer.app_id,
                "an app signed an event of an account that is not its tenant's"
            );
            return Ok(None);
        }
        let ctx = TenantCtx::of_route(route.tenant.clone());
        let account = self.routes.account(&self.tables, &ctx, &route.account, now).await?;
        self.learn_business(record, external, &route, now).await?;
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
            match parse(record.channel, piece) {
                Ok(events) => events.into_iter().for_each(|event| into.add(event, record.received_at(), tally)),
                Err(poison) => {
                    self.quarantine(&into.place.ctx, record, piece.get(), &poison.reason, tally).await?;
                }
            }
        }
        Ok(())
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

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }

    /// The same event has the same id, so that doing a record again adds nothing.
    pub(crate) fn log_id(&self, at: Timestamp, text: &str) -> LogId {
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

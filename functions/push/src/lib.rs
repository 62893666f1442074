//! Lambda `push`: writes the sync log from the truth table's stream, and then tells the open sockets. The log comes first: a
//! frame is a hint, and whoever follows it to the log must find what it hints at.

mod batch;
mod company;
mod names;
mod rows;
mod sockets;

use std::sync::Arc;

use bootstrap::{
    Budget, Clock, Retry,
    stream::{NotDone, StreamRecord},
};
use domain::{TenantCtx, Timestamp};
use frame::{Cursor, Event, Frame, Poster, post::FRAME_LIFE};
use futures_util::{StreamExt, stream};
use serde_dynamo::Item;
use table::{RefKind, RowFrames, Tables};

use crate::{
    batch::OfTenant,
    company::Company,
    names::NamesCache,
    rows::{Due, Rows},
    sockets::{Audience, Audiences},
};

/// At most this many tenants of a batch are served at once.
const TENANTS_AT_ONCE: usize = 8;

/// How often a process looks whether there is room for a row, while others fill it.
const LOOKS: usize = 4;

pub struct App {
    tables: Tables,
    poster: Poster,
    clock: Clock,
    names: NamesCache,
    audiences: Audiences,
    rows: Rows,
    company: Company,
}

impl App {
    pub fn new(tables: Tables, poster: Poster, clock: Clock) -> Self {
        Self {
            tables,
            poster,
            clock,
            names: NamesCache::default(),
            audiences: Audiences::default(),
            rows: Rows::default(),
            company: Company::default(),
        }
    }

    /// One batch of the stream: per tenant a block of the log, then its frames; last the rows that had to wait a second.
    pub async fn push(&self, records: Vec<StreamRecord<Item>>, budget: Budget) -> Result<(), NotDone> {
        let changes = batch::by_tenant(&records);
        let is_shared = self.company.is_shared(changes.iter().map(|of| &of.tenant), self.now());
        let may_wait = records.len() < rows::BUSY && !is_shared;
        let mut failed: Vec<NotDone> = stream::iter(changes)
            .map(|changes| self.tell(changes))
            .buffer_unordered(TENANTS_AT_ONCE)
            .filter_map(|outcome| async { outcome.err() })
            .collect()
            .await;
        self.trailing_rows(may_wait, &budget).await;
        // The stream comes again from the first that failed; telling the others once more does no harm.
        failed.sort_by(|a, b| batch::order(&a.from).cmp(&batch::order(&b.from)));
        failed.into_iter().next().map_or(Ok(()), Err)
    }

    async fn tell(&self, changes: OfTenant) -> Result<(), NotDone> {
        let now = self.now();
        let ctx = TenantCtx::of_record(changes.tenant.clone());
        let cursor = match self.tables.tenant(&ctx).append_log(&changes.refs, now).await {
            Ok(number) => Cursor::of_block(number),
            Err(error) => return Err(NotDone { from: changes.from, why: Retry::from(error) }),
        };
        if changes.refs.iter().any(|r| r.kind == RefKind::Account) {
            self.names.forget(&changes.tenant);
        }
        tracing::info!(tenant_id = %changes.tenant, refs = changes.refs.len(), cursor = cursor.block(), "logged");
        if now.since(changes.newest) <= FRAME_LIFE {
            self.show(&ctx, changes, cursor, now).await;
        }
        Ok(())
    }

    /// Frames to whoever shows what changed. Nothing here is tried again.
    async fn show(&self, ctx: &TenantCtx, changes: OfTenant, cursor: Cursor, now: Timestamp) {
        let Some((audience, sent)) = self.audience(ctx, now).await else { return };
        let mut frames = Vec::new();
        for (message, kind) in &changes.messages {
            let mut event = Event { kind: *kind, ..Event::of_message(ctx.id(), message, Some(cursor), now) };
            // Links to its files are given to whoever asks, never sent around.
            if message.has_files_here() {
                event = event.hint(message.id.to_string());
            }
            frames.extend(audience.of_thread(message.id.conversation(), &event));
        }
        self.rows.take_in(ctx.id(), changes.rows, cursor);
        frames.extend(self.rows_due(ctx, &audience, sent, now).await);
        audience.post(&self.tables, &self.poster, frames, now).await;
    }

    /// Whoever listens, and how many frames of rows they were sent; `None` is nobody, or nobody knows who does.
    async fn audience(&self, ctx: &TenantCtx, now: Timestamp) -> Option<(Arc<Audience>, RowFrames)> {
        match self.audiences.of(&self.tables, ctx, now).await {
            Ok(of) => Some(of).filter(|(audience, _)| !audience.is_empty()),
            Err(error) => {
                tracing::warn!(tenant_id = %ctx.id(), why = %error, "the sockets cannot be read");
                None
            }
        }
    }

    /// Rows that had to wait: once that is over, their newest state. A stream that is busy, or that others share, is not kept
    /// waiting: the next batch shows them, or the client's own question to the log.
    async fn trailing_rows(&self, may_wait: bool, budget: &Budget) {
        while let Some(wait) = self.rows.next_due(self.now()) {
            if !wait.is_zero() && !may_wait || wait >= budget.left() {
                return;
            }
            self.clock.sleep(wait).await;
            self.show_waiting().await;
        }
    }

    async fn show_waiting(&self) {
        let now = self.now();
        for tenant in self.rows.tenants_due(now) {
            let ctx = TenantCtx::of_record(tenant);
            let Some((audience, sent)) = self.audience(&ctx, now).await else {
                self.rows.forget(ctx.id());
                continue;
            };
            let frames = self.rows_due(&ctx, &audience, sent, now).await;
            audience.post(&self.tables, &self.poster, frames, now).await;
        }
    }

    async fn rows_due(&self, ctx: &TenantCtx, audience: &Audience, sent: RowFrames, now: Timestamp) -> Vec<Frame> {
        let due = self.counted(ctx, audience.lists(), sent, now).await.unwrap_or_else(|error| {
            tracing::warn!(tenant_id = %ctx.id(), why = %error, "rows cannot be counted");
            self.rows.forget(ctx.id());
            Due::new()
        });
        let mut frames = Vec::new();
        for (row, cursor) in due {
            let names = self.names.covering(&self.tables, ctx, &row, now).await;
            frames.extend(audience.of_row(&row.id, &Event::of_row(ctx.id(), &row, &names, Some(cursor), now)));
        }
        frames
    }

    /// The rows to show now, counted with those that other processes show. Who meets one of them at it looks again; who does so
    /// each time leaves it to them: their frame says how far the log has come.
    async fn counted(&self, ctx: &TenantCtx, lists: usize, sent: RowFrames, now: Timestamp) -> table::Result<Due> {
        let tenant = self.tables.tenant(ctx);
        let mut sent = sent;
        for _ in 0..LOOKS {
            let due = self.rows.due(ctx.id(), lists, &sent, now);
            if due.is_empty() {
                return Ok(due);
            }
            let is_counted = match rows::with(&sent, due.len(), lists, now) {
                Some((since, all)) => tenant.count_row_frames(&sent, since, all).await?,
                None => true,
            };
            if is_counted {
                self.rows.shown(ctx.id(), &due, now);
                return Ok(due);
            }
            sent = tenant.sockets_now().await?.rows;
        }
        self.rows.forget(ctx.id());
        Ok(Due::new())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }
}

#[cfg(test)]
mod tests;

//! `$connect`: a ticket is redeemed, once, for a socket.

use std::time::Duration;

use domain::{TenantCtx, Timestamp};
use sha2::{Digest, Sha256};
use table::Socket;

use crate::{Answer, App, SocketEvent};

/// API Gateway ends a connection after two hours; a little later its socket is forgotten whatever happened.
/// [Limit](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
const LIFE: Duration = Duration::from_secs(2 * 3_600 + 300);

impl App {
    pub(crate) async fn connect(&self, event: &SocketEvent) -> table::Result<Answer> {
        // A browser names the page that opens the socket; another program need not, and has the ticket to show.
        if let (Some(own), Some(origin)) = (&self.origin, event.header("origin"))
            && own.trim_end_matches('/') != origin
        {
            return Ok(Answer::status(403));
        }
        let Some((ctx, ticket)) = event.ticket().and_then(read) else { return Ok(Answer::status(401)) };
        let now = self.now();
        let tenant = self.tables.tenant(&ctx);
        let Some(person) = tenant.redeem_ticket(&hash(ticket), now).await? else { return Ok(Answer::status(401)) };
        let socket = Socket {
            connection_id: event.request_context.connection_id.clone(),
            user: person.user,
            name: person.name,
            role: person.role,
            session: person.session,
            topics: Vec::new(),
            n: 0,
            connected_at: Timestamp::from_millis(event.request_context.connected_at),
            expires: now.plus(LIFE),
        };
        tenant.put_socket(&socket).await?;
        tracing::info!(tenant_id = %ctx.id(), "a socket opened");
        Ok(Answer::status(200))
    }
}

/// A ticket is `<tenant>.<secret>`: the tenant says where to look for it, the secret proves it.
fn read(ticket: &str) -> Option<(TenantCtx, &str)> {
    let (tenant, secret) = ticket.split_once('.')?;
    let tenant = tenant.parse().ok().filter(|_| (20..=128).contains(&secret.len()))?;
    Some((TenantCtx::of_session(tenant), ticket))
}

/// What is stored of a ticket.
fn hash(ticket: &str) -> String {
    hex::encode(Sha256::digest(ticket.as_bytes()))
}

//! `POST /v1/realtime/tickets`.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use table::Ticket;
use utoipa::ToSchema;

use crate::{App, access::Member, problem::Problem};

/// How long a ticket waits to be used.
const LIFE: Duration = Duration::from_secs(30);

#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub struct TicketJson {
    pub ticket: String,
    /// Connect to it as given: the ticket is in it.
    pub url: String,
    pub expires_at: Timestamp,
}

/// A single-use ticket for one WebSocket, good for 30 seconds.
#[utoipa::path(post, path = "/realtime/tickets", tag = "realtime", operation_id = "create_ticket", responses(
    (status = 200, body = TicketJson, description = "Use it at once"),
))]
pub async fn ticket(State(app): State<Arc<App>>, member: Member) -> Result<Json<TicketJson>, Problem> {
    // The socket's handshake knows no tenant yet: the ticket names it, the secret proves it.
    let secret = URL_SAFE_NO_PAD.encode(app.random.bytes::<32>());
    let ticket = format!("{}.{secret}", member.ctx.id());
    let expires = app.now().plus(LIFE);
    let stored = Ticket {
        user: member.session.user,
        name: member.session.name,
        role: member.session.role,
        session: member.session.id,
        expires,
    };
    app.tables.tenant(&member.ctx).put_ticket(&hash(&ticket), &stored).await?;
    let sign = if app.ws_url.contains('?') { '&' } else { '?' };
    let url = format!("{}{sign}ticket={ticket}", app.ws_url);
    Ok(Json(TicketJson { ticket, url, expires_at: expires }))
}

/// What is stored of a ticket.
fn hash(ticket: &str) -> String {
    hex::encode(Sha256::digest(ticket.as_bytes()))
}

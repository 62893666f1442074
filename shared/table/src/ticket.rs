//! Single-use tickets for a WebSocket.

use domain::{Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::change::{When, Write};
use crate::{Result, Tenant, item, key};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub user: UserId,
    pub name: String,
    pub role: Role,
    pub session: String,
    pub expires: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct TicketItem {
    user: UserId,
    name: String,
    role: Role,
    session: String,
    until: i64,
    /// Seconds.
    ttl: i64,
}

impl Tenant<'_> {
    /// `hash` is of the ticket's text, which is stored nowhere.
    pub async fn put_ticket(&self, hash: &str, ticket: &Ticket) -> Result<()> {
        let item = TicketItem {
            user: ticket.user.clone(),
            name: ticket.name.clone(),
            role: ticket.role,
            session: ticket.session.clone(),
            until: ticket.expires.millis(),
            ttl: ticket.expires.seconds() + 1,
        };
        let item = item::encode(&key::ticket(&self.id, hash), &item)?;
        self.live().write(&Write::Put(item, When::Absent)).await.map(drop)
    }

    /// Takes it away: it works once, and not after its time.
    pub async fn redeem_ticket(&self, hash: &str, now: Timestamp) -> Result<Option<Ticket>> {
        let Some(item) = self.live().take(&key::ticket(&self.id, hash)).await? else { return Ok(None) };
        let t: TicketItem = item::decode(item)?;
        let expires = Timestamp::from_millis(t.until);
        let ticket = Ticket { user: t.user, name: t.name, role: t.role, session: t.session, expires };
        Ok(Some(ticket).filter(|t| t.expires > now))
    }
}

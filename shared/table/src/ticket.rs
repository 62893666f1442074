//! Single-use tickets for a WebSocket.

use domain::{Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{Result, Tenant};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub user: UserId,
    pub name: String,
    pub role: Role,
    pub session: String,
    pub expires: Timestamp,
}

impl Tenant<'_> {
    /// `hash` is of the ticket's text, which is stored nowhere.
    pub async fn put_ticket(&self, hash: &str, ticket: &Ticket) -> Result<()> {
        todo!()
    }

    /// Takes it away: it works once, and not after its time.
    pub async fn redeem_ticket(&self, hash: &str, now: Timestamp) -> Result<Option<Ticket>> {
        todo!()
    }
}

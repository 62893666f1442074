//! Open WebSocket connections and what they show.

use domain::{Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{Result, Tenant};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    pub connection_id: String,
    pub user: UserId,
    pub name: String,
    pub role: Role,
    /// The sign-in that it belongs to: closing that closes it.
    pub session: String,
    /// `inbox`, `conversation:<id>`.
    pub topics: Vec<String>,
    /// The number of the subscription that set the topics.
    pub n: u64,
    pub connected_at: Timestamp,
    pub expires: Timestamp,
}

impl Tenant<'_> {
    pub async fn put_socket(&self, socket: &Socket) -> Result<()> {
        todo!()
    }

    /// All that have not expired.
    pub async fn sockets(&self, now: Timestamp) -> Result<Vec<Socket>> {
        todo!()
    }

    pub async fn socket(&self, connection_id: &str) -> Result<Option<Socket>> {
        todo!()
    }

    /// `false` when a later subscription was there first, or the socket is gone.
    pub async fn set_topics(&self, connection_id: &str, n: u64, topics: &[String]) -> Result<bool> {
        todo!()
    }

    pub async fn delete_socket(&self, connection_id: &str) -> Result<()> {
        todo!()
    }
}

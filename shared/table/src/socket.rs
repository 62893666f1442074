//! Open WebSocket connections and what they show.

use domain::{Role, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::change::{Change, When, Write};
use crate::item::{self, n, s};
use crate::store::{Index, Range, Read, Sk};
use crate::{Error, Global, Result, Tenant, key};

#[derive(Clone, Debug, PartialEq, Eq)]
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

#[derive(Serialize, Deserialize)]
struct SocketItem {
    user: UserId,
    name: String,
    role: Role,
    session: String,
    topics: Vec<String>,
    n: u64,
    at: i64,
    until: i64,
    /// Seconds.
    ttl: i64,
}

/// A tenant's sockets together: one small item, read where reading them all would be dear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketsNow {
    /// What changed last among them. [`Tenant::sockets`], read after this, has that change, and need not be read again while this
    /// says the same. A writer that ended halfway may have changed a socket and not this: what was read is good for seconds.
    pub change: Option<String>,
    pub rows: RowFrames,
}

/// How many frames of rows all processes together have sent a tenant's sockets, and since when they count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowFrames {
    pub since: Option<Timestamp>,
    pub sent: u64,
}

#[derive(Deserialize)]
struct NowItem {
    change: Option<String>,
    /// Milliseconds.
    since: Option<i64>,
    #[serde(default)]
    sent: u64,
}

#[derive(Serialize, Deserialize)]
struct Connection {
    tenant: TenantId,
    ttl: i64,
}

impl Tenant<'_> {
    /// With it [`Global::socket_tenant`] tells whose connection it is.
    pub async fn put_socket(&self, socket: &Socket) -> Result<()> {
        let ttl = socket.expires.seconds() + 1;
        let connection = Connection { tenant: self.id.clone(), ttl };
        let connection = item::encode(&key::connection(&socket.connection_id), &connection)?;
        self.tables.global().live().write(&Write::Put(connection, When::Always)).await?;
        let item = SocketItem {
            user: socket.user.clone(),
            name: socket.name.clone(),
            role: socket.role,
            session: socket.session.clone(),
            topics: socket.topics.clone(),
            n: socket.n,
            at: socket.connected_at.millis(),
            until: socket.expires.millis(),
            ttl,
        };
        let item = item::encode(&key::socket(&self.id, &socket.connection_id), &item)?;
        self.live().write(&Write::Put(item, When::Always)).await?;
        self.sockets_changed(format!("{}:{}", socket.connection_id, socket.n)).await
    }

    /// All that have not expired, as they are after every write that was answered.
    pub async fn sockets(&self, now: Timestamp) -> Result<Vec<Socket>> {
        let pk = key::socket(&self.id, "").pk;
        let range =
            Range { index: Index::Table, pk, sk: Sk::Any, newest_first: false, limit: None, read: Read::Consistent };
        let all = self.live().all(&range).await?.into_iter().map(socket).collect::<Result<Vec<_>>>()?;
        Ok(all.into_iter().filter(|s| s.expires > now).collect())
    }

    pub async fn sockets_now(&self) -> Result<SocketsNow> {
        let item = self.live().get(&key::sockets_now(&self.id), Read::Consistent).await?;
        let Some(now) = item.map(item::decode::<NowItem>).transpose()? else { return Ok(SocketsNow::default()) };
        let rows = RowFrames { since: now.since.map(Timestamp::from_millis), sent: now.sent };
        Ok(SocketsNow { change: now.change, rows })
    }

    /// `false`: another process has counted meanwhile. Two that are the first may both have `true`.
    pub async fn count_row_frames(&self, before: &RowFrames, since: Timestamp, sent: u64) -> Result<bool> {
        let unchanged = before.since.map_or(When::Always, |since| {
            When::Is(vec![("since", Some(n(since.millis()))), ("sent", Some(n(before.sent)))])
        });
        let change = Change::default().set("since", n(since.millis())).set("sent", n(sent));
        self.live().write(&Write::Update(key::sockets_now(&self.id), change, unchanged)).await
    }

    async fn sockets_changed(&self, change: String) -> Result<()> {
        let change = Change::default().set("change", s(&change));
        let write = Write::Update(key::sockets_now(&self.id), change, When::Always);
        self.live().write(&write).await.map(drop)
    }

    pub async fn socket(&self, connection_id: &str) -> Result<Option<Socket>> {
        let at = key::socket(&self.id, connection_id);
        self.live().get(&at, Read::Consistent).await?.map(socket).transpose()
    }

    /// `false` when a later subscription was there first, or the socket is gone.
    pub async fn set_topics(&self, connection_id: &str, number: u64, topics: &[String]) -> Result<bool> {
        let list =
            serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(topics).map_err(|e| Error::Corrupt(e.to_string()))?;
        let change = Change::default().set("topics", list).set("n", n(number));
        let later = When::Below("n", n(number));
        let set = self.live().write(&Write::Update(key::socket(&self.id, connection_id), change, later)).await?;
        if set {
            self.sockets_changed(format!("{connection_id}:{number}")).await?;
        }
        Ok(set)
    }

    pub async fn delete_socket(&self, connection_id: &str) -> Result<()> {
        self.live().write(&Write::Delete(key::socket(&self.id, connection_id), When::Always)).await?;
        self.sockets_changed(format!("{connection_id}:gone")).await?;
        let ours = When::AbsentOr("tenant", s(self.id.as_str()));
        let connection = Write::Delete(key::connection(connection_id), ours);
        self.tables.global().live().write(&connection).await.map(drop)
    }
}

impl Global<'_> {
    /// Whose connection it is.
    pub async fn socket_tenant(&self, connection_id: &str) -> Result<Option<TenantId>> {
        let item = self.live().get(&key::connection(connection_id), Read::Consistent).await?;
        Ok(item.map(item::decode::<Connection>).transpose()?.map(|c| c.tenant))
    }
}

fn socket(item: item::Item) -> Result<Socket> {
    let connection_id = item::key_of(&item)?.sk;
    let s: SocketItem = item::decode(item)?;
    Ok(Socket {
        connection_id,
        user: s.user,
        name: s.name,
        role: s.role,
        session: s.session,
        topics: s.topics,
        n: s.n,
        connected_at: Timestamp::from_millis(s.at),
        expires: Timestamp::from_millis(s.until),
    })
}

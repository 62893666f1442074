//! Sign-ins: one item each, its refresh token rotated at every use.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::change::{Change, When, Write};
use crate::item::{self, n, s};
use crate::store::{Read, TRIES};
use crate::{Error, Global, Result, key};

/// A sign-in. The refresh token's text names it (`<id>.<secret>`), so that one item is enough to tell a reuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Random.
    pub id: String,
    pub user: UserId,
    /// `None` for an operator.
    pub tenant: Option<TenantId>,
    pub created_at: Timestamp,
    /// After this no refresh works.
    pub expires: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// `next` is the token's hash from now on.
    Ok(Session),
    /// The token before the present one, within ten seconds of its end: two tabs, or a lost answer. The present token's hash
    /// is `current`; make the next token a keyed hash of the presented one and it can be told again.
    Grace { session: Session, current: String },
    /// An old token: somebody has a copy. The session is revoked.
    Reused,
    /// Unknown, expired or revoked.
    Unknown,
}

/// The token before the present one still works this long.
pub const GRACE: Duration = Duration::from_secs(10);

#[derive(Clone, Serialize, Deserialize)]
struct SessionItem {
    user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<TenantId>,
    at: i64,
    until: i64,
    /// Hash of the present refresh token.
    cur: String,
    /// … of the one before it, and since when it is that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(default)]
    rotated: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    revoked: bool,
}

impl Global<'_> {
    pub async fn create_session(&self, session: &Session, hash: &str) -> Result<()> {
        let item = SessionItem {
            user: session.user.clone(),
            tenant: session.tenant.clone(),
            at: session.created_at.millis(),
            until: session.expires.millis(),
            cur: hash.to_owned(),
            prev: None,
            rotated: 0,
            revoked: false,
        };
        let item = item::encode(&key::session(&session.id), &item)?;
        self.truth().write(&Write::Put(item, When::Absent)).await.map(drop)
    }

    /// `presented` and `next` are hashes of tokens.
    pub async fn rotate_session(&self, id: &str, presented: &str, next: &str, now: Timestamp) -> Result<Rotated> {
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(known) = self.session_item(id).await? else { return Ok(Rotated::Unknown) };
            if known.revoked || known.until <= now.millis() {
                return Ok(Rotated::Unknown);
            }
            let session = session_of(id, &known);
            if known.cur != presented {
                let ended = Timestamp::from_millis(known.rotated);
                if known.prev.as_deref() == Some(presented) && now.since(ended) <= GRACE {
                    return Ok(Rotated::Grace { session, current: known.cur });
                }
                self.revoke_session(id).await?;
                return Ok(Rotated::Reused);
            }
            let change =
                Change::default().set("cur", s(next)).set("prev", s(presented)).set("rotated", n(now.millis()));
            let same = When::Is(vec![("cur", Some(s(presented))), ("revoked", None)]);
            if self.truth().write(&Write::Update(key::session(id), change, same)).await? {
                return Ok(Rotated::Ok(session));
            }
        }
        Err(Error::Retry("others kept rotating the session".to_owned()))
    }

    /// `None` where it is revoked, expired or unknown.
    pub async fn session(&self, id: &str, now: Timestamp) -> Result<Option<Session>> {
        let known = self.session_item(id).await?;
        Ok(known.filter(|s| !s.revoked && s.until > now.millis()).map(|s| session_of(id, &s)))
    }

    /// Signs out: no token of it works any more. Safe to repeat.
    pub async fn revoke_session(&self, id: &str) -> Result<()> {
        let change = Change::default().set("revoked", AttributeValue::Bool(true));
        self.truth().write(&Write::Update(key::session(id), change, When::Present)).await.map(drop)
    }

    async fn session_item(&self, id: &str) -> Result<Option<SessionItem>> {
        self.truth().get(&key::session(id), Read::Consistent).await?.map(item::decode).transpose()
    }
}

fn session_of(id: &str, known: &SessionItem) -> Session {
    Session {
        id: id.to_owned(),
        user: known.user.clone(),
        tenant: known.tenant.clone(),
        created_at: Timestamp::from_millis(known.at),
        expires: Timestamp::from_millis(known.until),
    }
}

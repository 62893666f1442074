//! Sign-ins: one item each, its refresh token rotated at every use.

use domain::{TenantId, Timestamp, UserId};

use crate::{Global, Result};

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

impl Global<'_> {
    pub async fn create_session(&self, session: &Session, hash: &str) -> Result<()> {
        todo!()
    }

    /// `presented` and `next` are hashes of tokens.
    pub async fn rotate_session(&self, id: &str, presented: &str, next: &str, now: Timestamp) -> Result<Rotated> {
        todo!()
    }

    /// `None` where it is revoked, expired or unknown.
    pub async fn session(&self, id: &str, now: Timestamp) -> Result<Option<Session>> {
        todo!()
    }

    pub async fn revoke_session(&self, id: &str) -> Result<()> {
        todo!()
    }
}

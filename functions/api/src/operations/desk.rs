//! Who deals with trouble, and with whose: a tenant's admin with the tenant's, an operator with what belongs to no tenant.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{TenantCtx, TenantId};
use table::{Tenant, unrouted::INSTALL};

use crate::{
    App,
    access::Session,
    answer::RequestId,
    audit::{self, Deed},
    problem::Problem,
};

pub struct Desk {
    session: Session,
    /// `None`: the install's.
    pub ctx: Option<TenantCtx>,
    /// What cursors are bound to.
    pub whose: TenantId,
    request_id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let session = Session::from_request_parts(parts, state).await?;
        let ctx = session.tenant.as_ref().map(|tenant| TenantCtx::of_session(tenant.id.clone()));
        let whose = match &ctx {
            Some(ctx) => ctx.id().clone(),
            None => INSTALL.parse().map_err(|_| Problem::internal())?,
        };
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Ok(Self { session, ctx, whose, request_id })
    }
}

impl Desk {
    /// Where its records lie.
    pub fn log<'a>(&self, app: &'a App) -> Tenant<'a> {
        self.ctx.as_ref().map_or_else(|| app.tables.install(), |ctx| app.tables.tenant(ctx))
    }

    /// The tenant whose own Meta app signed what it may see; `None`: whatever the app.
    pub fn signer(&self) -> Option<&TenantId> {
        self.ctx.as_ref().map(TenantCtx::id)
    }

    /// Writes down what was done here.
    pub async fn note(&self, app: &App, action: &str, target: &str, details: serde_json::Value) -> Result<(), Problem> {
        let (actor, request_id) = (self.session.user.as_str(), self.request_id.as_str());
        audit::record(app, self.ctx.as_ref(), Deed { actor, action, target, request_id, details }).await
    }
}

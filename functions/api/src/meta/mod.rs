//! Meta's app, which people log in to: its secret, and what Meta itself calls when they leave.

pub mod app;
pub mod deauthorize;
pub mod deletion;
mod revoke;
mod signed_request;

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};

use self::signed_request::{Refused, SignedRequest};
use crate::{App, answer::RequestId, problem::Problem};

/// A call of Meta's, verified before its handler runs.
pub struct FromMeta {
    said: SignedRequest,
    request_id: String,
}

impl FromRequest<Arc<App>> for FromMeta {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let form = Bytes::from_request(request, app).await.map_err(|_| unreadable())?;
        let field = form_urlencoded::parse(&form).find(|(name, _)| name == "signed_request");
        let (_, text) = field.ok_or_else(unreadable)?;
        // Without an app there is nothing to verify by: whatever comes is forged.
        let Some(secrets) = app.meta_app.current(app.now()).await?.map(|kept| kept.app_secrets) else {
            return Err(forged());
        };
        let said = signed_request::verify(&text, &secrets, app.now()).map_err(|why| match why {
            Refused::Unreadable => unreadable(),
            Refused::Forged | Refused::Expired => forged(),
        })?;
        Ok(Self { said, request_id })
    }
}

fn unreadable() -> Problem {
    let bad = axum::http::StatusCode::BAD_REQUEST;
    Problem::new(bad, "invalid_signed_request", "A form with Meta's `signed_request` is needed.")
}

fn forged() -> Problem {
    Problem::unauthorized("forged_signed_request", "No secret of our Meta app signed this, or it is too old.")
}

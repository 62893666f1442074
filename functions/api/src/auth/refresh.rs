//! `POST /v1/auth/refresh`: the cookie for a new access token and a new cookie.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use table::{Rotated, Session};

use super::{
    AccessToken,
    cookie::{self, RefreshToken},
    token::{self, Scope},
};
use crate::{App, access, problem::Problem};

/// Renews the access token. Each refresh token works once; a copy used later ends the sign-in everywhere.
///
/// A browser's script adds `X-Requested-With` and calls from the app's own origin.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", responses(
    (status = 200, body = AccessToken, description = "Renewed"),
    (status = 401, description = "`session_ended`: sign in again"),
    (status = 403, description = "`foreign_origin`"),
))]
pub async fn refresh(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    cookie::same_site(&headers, &app.public_url)?;
    let token = RefreshToken::of(&headers).ok_or_else(ended)?;
    let (session, next) = rotate(&app, &token).await?;
    let scope = session.tenant.map_or(Scope::Install, Scope::Tenant);
    // A person who left, or a tenant that is suspended, stays signed in nowhere.
    let Some(_) = access::load(&app, &session.id, &session.user, &scope).await? else {
        app.tables.global().revoke_session(&session.id).await?;
        return Err(ended());
    };
    let keys = app.keys().await?;
    let access = token::issue(&keys, &app.public_url, &session.user, &session.id, scope, app.now());
    Ok(super::answer(access, next.cookie()))
}

async fn rotate(app: &App, token: &RefreshToken) -> Result<(Session, RefreshToken), Problem> {
    let keys = app.keys().await?;
    let mut successors = token.successors(&keys);
    let next = successors.first().ok_or_else(Problem::internal)?.hash();
    match app.tables.global().rotate_session(&token.session, &token.hash(), &next, app.now()).await? {
        Rotated::Ok(session) => Ok((session, successors.swap_remove(0))),
        // Two tabs, or a lost answer: the same successor again.
        Rotated::Grace { session, current } => {
            let same = successors.into_iter().find(|next| next.hash() == current);
            same.map(|next| (session, next)).ok_or_else(ended)
        }
        Rotated::Reused => {
            app.sessions.forget(&token.session);
            tracing::warn!(session = token.session, "an old refresh token was used: the sign-in is revoked");
            Err(ended())
        }
        Rotated::Unknown => Err(ended()),
    }
}

fn ended() -> Problem {
    let problem = Problem::unauthorized("session_ended", "The sign-in has ended: sign in again.");
    problem.header(axum::http::header::SET_COOKIE, cookie::none())
}

//! `POST /v1/auth/logout`: ends the sign-in.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use domain::TenantCtx;
use table::{Rotated, Session};

use super::cookie::{self, RefreshToken};
use crate::{App, problem::Problem};

/// Signs out: the refresh token is revoked, access tokens and sockets of the sign-in end within a minute.
///
/// A browser's script adds `X-Requested-With` and calls from the app's own origin.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", responses(
    (status = 204, description = "Signed out, or was not signed in"),
    (status = 403, description = "`foreign_origin`"),
))]
pub async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    cookie::same_site(&headers, &app.public_url)?;
    if let Some(token) = RefreshToken::of(&headers) {
        // Only who holds the token may end the sign-in, and rotating it is the proof.
        let gone = token.hash();
        let rotated = app.tables.global().rotate_session(&token.session, &token.hash(), &gone, app.now()).await?;
        if let Rotated::Ok(session) | Rotated::Grace { session, .. } = rotated {
            app.tables.global().revoke_session(&session.id).await?;
            close_sockets(&app, &session).await?;
        }
        app.sessions.forget(&token.session);
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::none())]))
}

/// Nothing more is sent to the sign-in's screens; `connect` closes a socket when it next speaks.
async fn close_sockets(app: &App, session: &Session) -> Result<(), Problem> {
    let Some(tenant) = session.tenant.clone() else { return Ok(()) };
    let ctx = TenantCtx::of_session(tenant);
    let tenant = app.tables.tenant(&ctx);
    for socket in tenant.sockets(app.now()).await?.into_iter().filter(|socket| socket.session == session.id) {
        tenant.delete_socket(&socket.connection_id).await?;
    }
    Ok(())
}

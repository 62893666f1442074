//! Signing in and staying signed in.

pub mod cookie;
pub mod login;
pub mod logout;
pub mod password;
pub mod refresh;
pub mod throttle;
pub mod token;

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What signing in and refreshing answer, beside the cookie.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct AccessToken {
    /// Sent as `Authorization: Bearer …`; kept in memory alone.
    pub access_token: String,
    /// In seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
}

/// The tokens as an answer.
fn answer(access_token: String, cookie: HeaderValue) -> Response {
    let body = AccessToken { access_token, expires_in: token::LIFE_SECONDS };
    ([(header::SET_COOKIE, cookie)], Json(body)).into_response()
}

//! The routes: handlers by address, each with its part of the OpenAPI document.

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App, access, answer, auth, channels, conversations, events, export, input, me, messages, openapi, operations,
    realtime, users,
};

/// Everything under `/v1`, with its description.
pub fn described() -> (Router<Arc<App>>, OpenApi) {
    let v1 = OpenApiRouter::new()
        .routes(routes!(openapi::document))
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::refresh::refresh))
        .routes(routes!(auth::logout::logout))
        .routes(routes!(me::me))
        .routes(routes!(users::users))
        .routes(routes!(users::presence))
        .routes(routes!(channels::list::list))
        .routes(routes!(channels::connect::connect))
        .routes(routes!(channels::test::test))
        .routes(routes!(conversations::list::list))
        .routes(routes!(conversations::get::get))
        .routes(routes!(conversations::assign::assign))
        .routes(routes!(conversations::status::set_status))
        .routes(routes!(conversations::mark_read::mark_read))
        .routes(routes!(messages::list::list, messages::send::send))
        .routes(routes!(messages::retry::retry))
        .routes(routes!(realtime::sync::sync))
        .routes(routes!(events::events))
        .routes(routes!(realtime::tickets::ticket))
        .routes(routes!(export::messages))
        .merge(operations());
    OpenApiRouter::with_openapi(openapi::frame()).nest("/v1", v1).split_for_parts()
}

/// Quarantine, dead letters, sends that wait for a person, unrouted events.
fn operations() -> OpenApiRouter<Arc<App>> {
    use operations::{dead_letters, parked_sends, quarantine, unknown_sends, unrouted};
    OpenApiRouter::new()
        .routes(routes!(quarantine::list))
        .routes(routes!(quarantine::get))
        .routes(routes!(quarantine::replay))
        .routes(routes!(quarantine::discard))
        .routes(routes!(dead_letters::list))
        .routes(routes!(dead_letters::get))
        .routes(routes!(dead_letters::replay))
        .routes(routes!(dead_letters::discard))
        .routes(routes!(unknown_sends::list))
        .routes(routes!(unknown_sends::get))
        .routes(routes!(unknown_sends::replay))
        .routes(routes!(unknown_sends::discard))
        .routes(routes!(parked_sends::list))
        .routes(routes!(parked_sends::get))
        .routes(routes!(parked_sends::replay))
        .routes(routes!(parked_sends::discard))
        .routes(routes!(unrouted::list))
        .routes(routes!(unrouted::get))
        .routes(routes!(unrouted::replay))
        .routes(routes!(unrouted::discard))
}

/// The whole API as a service: guards inside, what every answer has in common outside.
pub fn router(app: Arc<App>) -> Router {
    described()
        .0
        .route_layer(middleware::from_fn_with_state(app.clone(), access::admit))
        .fallback(answer::no_route)
        .layer(DefaultBodyLimit::max(input::BODY_MAX))
        .layer(middleware::from_fn(answer::finish))
        .with_state(app)
}

//! The routes: handlers by address. The function serves them; the OpenAPI document is made of the same lines by `src/bin/openapi.rs`.

use std::sync::Arc;

use axum::routing::{delete, get, patch, post};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::operations::{dead_letters, parked_sends, quarantine, spill, unknown_sends, unrouted};
use crate::{
    App, access, answer, auth, channels, conversations, events, export, files, input, me, messages, meta, openapi,
    realtime, uploads, users,
};

/// One line a handler. The document is no part of the function: making it at each start would cost its size and its time again.
macro_rules! handlers {
    ($($method:ident $path:literal => $($handler:ident)::+;)*) => {
        /// Everything under `/v1`.
        fn served() -> Router<Arc<App>> {
            Router::new()$(.route(concat!("/v1", $path), $method($($handler)::+)))*
        }

        /// The document of everything under `/v1`.
        pub fn described() -> OpenApi {
            let v1 = OpenApiRouter::<Arc<App>>::new()$(.routes(routes!($($handler)::+)))*;
            OpenApiRouter::with_openapi(openapi::frame()).nest("/v1", v1).into_openapi()
        }
    };
}

handlers! {
    get "/openapi.json" => openapi::document;
    post "/auth/login" => auth::login::login;
    post "/auth/refresh" => auth::refresh::refresh;
    post "/auth/logout" => auth::logout::logout;
    get "/me" => me::me;
    get "/users" => users::users;
    get "/presence" => users::presence;
    get "/channels" => channels::list::list;
    post "/channels/connect" => channels::connect::connect;
    patch "/channels/{id}" => channels::settings::set;
    delete "/channels/{id}" => channels::disconnect::disconnect;
    post "/channels/{id}/test" => channels::test::test;
    get "/channels/{id}/templates" => channels::templates::list::list;
    post "/channels/{id}/templates" => channels::templates::create::create;
    post "/channels/{id}/templates/sync" => channels::templates::sync::sync;
    get "/conversations" => conversations::list::list;
    get "/conversations/{id}" => conversations::get::get;
    post "/conversations/{id}/assign" => conversations::assign::assign;
    post "/conversations/{id}/status" => conversations::status::set_status;
    post "/conversations/{id}/mark-read" => conversations::mark_read::mark_read;
    get "/conversations/{id}/send-options" => conversations::send_options::send_options;
    get "/conversations/{id}/messages" => messages::list::list;
    post "/conversations/{id}/messages" => messages::send::send;
    delete "/messages/{id}" => messages::cancel::cancel;
    post "/messages/{id}/retry" => messages::retry::retry;
    post "/uploads" => uploads::create;
    get "/attachments/{id}" => files::get;
    get "/sync" => realtime::sync::sync;
    get "/events" => events::events;
    post "/realtime/tickets" => realtime::tickets::ticket;
    post "/meta/deauthorize" => meta::deauthorize::deauthorize;
    post "/meta/data-deletion" => meta::deletion::delete;
    get "/meta/deletions/{id}" => meta::deletion::get;
    get "/export/messages" => export::messages;
    get "/operations/quarantine" => quarantine::list;
    get "/operations/quarantine/{id}" => quarantine::get;
    post "/operations/quarantine/{id}/replay" => quarantine::replay;
    post "/operations/quarantine/{id}/discard" => quarantine::discard;
    get "/operations/dead-letters" => dead_letters::list;
    get "/operations/dead-letters/{id}" => dead_letters::get;
    post "/operations/dead-letters/{id}/replay" => dead_letters::replay;
    post "/operations/dead-letters/{id}/discard" => dead_letters::discard;
    get "/operations/unknown-sends" => unknown_sends::list;
    get "/operations/unknown-sends/{id}" => unknown_sends::get;
    post "/operations/unknown-sends/{id}/replay" => unknown_sends::replay;
    post "/operations/unknown-sends/{id}/discard" => unknown_sends::discard;
    get "/operations/parked-sends" => parked_sends::list;
    get "/operations/parked-sends/{id}" => parked_sends::get;
    post "/operations/parked-sends/{id}/replay" => parked_sends::replay;
    post "/operations/parked-sends/{id}/discard" => parked_sends::discard;
    get "/operations/spill" => spill::list;
    get "/operations/spill/{id}" => spill::get;
    post "/operations/spill/{id}/replay" => spill::replay;
    post "/operations/spill/{id}/discard" => spill::discard;
    get "/operations/unrouted" => unrouted::list;
    get "/operations/unrouted/{id}" => unrouted::get;
    post "/operations/unrouted/{id}/replay" => unrouted::replay;
    post "/operations/unrouted/{id}/discard" => unrouted::discard;
}

/// The whole API as a service: guards inside, what every answer has in common outside.
pub fn router(app: Arc<App>) -> Router {
    served()
        .route_layer(middleware::from_fn_with_state(app.clone(), access::admit))
        .fallback(answer::no_route)
        .layer(DefaultBodyLimit::max(input::BODY_MAX))
        .layer(middleware::from_fn(answer::finish))
        .with_state(app)
}

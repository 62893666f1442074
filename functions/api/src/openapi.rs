//! The OpenAPI document: what is true of every operation, and the address where it is served.

use axum::{http::header, response::IntoResponse};
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};

use crate::{
    policy::{Guard, ROUTES},
    problem::ProblemJson,
    routes,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        description = "The agents' and integrators' API. Times are RFC 3339 in UTC with milliseconds; ids are opaque; a list answers \
            `{items, next_cursor}`; what is refused is answered with a problem (RFC 9457) whose `code` is stable.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(ProblemJson))
)]
struct Frame;

/// The document without its operations.
pub fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// The whole document of the types, as text: two spaces, a line feed at its end.
pub fn text() -> String {
    let mut document = routes::described();
    Common.modify(&mut document);
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// The document as it was when this was built: CI sees to it that it is what the types say.
const KEPT: &str = include_str!("../../../docs/openapi.json");

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "meta", responses((status = 200, body = Object, description = "OpenAPI 3.1")))]
pub async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], KEPT)
}

/// Adds what the guards and the outermost layer do to every operation.
struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description("__Host-rt", "The refresh token; rotated at each use.");
        components.add_security_scheme("refresh", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        for (method, path, guard) in ROUTES {
            if let Some(operation) = document.paths.paths.get_mut(*path).and_then(|item| match *method {
                "GET" => item.get.as_mut(),
                "DELETE" => item.delete.as_mut(),
                "PATCH" => item.patch.as_mut(),
                _ => item.post.as_mut(),
            }) {
                complete(operation, method, *guard);
            }
        }
    }
}

fn complete(operation: &mut Operation, method: &str, guard: Guard) {
    let (scheme, refusals): (_, &[u16]) = match guard {
        Guard::Public | Guard::SignedByMeta => (None, &[]),
        Guard::Cookie => (Some("refresh"), &[401, 403]),
        Guard::SignedIn => (Some("bearer"), &[401]),
        Guard::May(_) => (Some("bearer"), &[401, 403]),
    };
    operation.security = Some(scheme.map(|name| SecurityRequirement::new(name, [""; 0])).into_iter().collect());
    let body: &[u16] = if matches!(method, "POST" | "PATCH") { &[413, 422] } else { &[] };
    for status in refusals.iter().chain(body).chain(&[429, 500, 503]) {
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| problem(*status).into());
    }
    // What the operations declare of their own has the same body.
    for (status, response) in &mut operation.responses.responses {
        if let utoipa::openapi::RefOr::T(response) = response
            && status.as_str() >= "400"
            && response.content.is_empty()
        {
            response.content.insert("application/problem+json".to_owned(), problem_body().into());
        }
    }
    if let Guard::May(action) = guard {
        let needs = format!("Needs the permission `{}`.", action.as_str());
        let said = operation.description.take();
        operation.description = Some(said.map_or(needs.clone(), |said| format!("{said}\n\n{needs}")));
    }
}

fn problem(status: u16) -> utoipa::openapi::Response {
    let said = axum::http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Error");
    ResponseBuilder::new().description(said).content("application/problem+json", problem_body()).build()
}

fn problem_body() -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build()
}

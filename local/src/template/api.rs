//! The two APIs: which request or frame goes to which function.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Function, Refusal, Resource, Resources};

/// A route of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRoute {
    /// `GET /v1/{proxy+}`, `ANY /hooks` or `$default`.
    pub key: String,
    /// The function's logical id.
    pub function: String,
    /// The API's id, as events name it.
    pub api: String,
    /// The longest the gateway waits, in milliseconds.
    pub timeout_ms: u64,
}

/// A route of the WebSocket API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketRoute {
    /// `$connect`, `$disconnect`, `$default`, or a value of the selection expression.
    pub key: String,
    /// The function's logical id.
    pub function: String,
    /// The API's id, as events name it.
    pub api: String,
    /// The stage's name, as events name it.
    pub stage: String,
    /// The field of a frame that chooses its route, e.g. `action`; from `$request.body.action`.
    pub selector: Option<String>,
    /// The longest the gateway waits, in milliseconds.
    pub timeout_ms: u64,
    /// Whether the function's answer goes back to the client: the route has a route response.
    pub replies: bool,
}

/// Longest integration timeout of an HTTP API:
/// [30 s](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
const HTTP_TIMEOUT_MS: u64 = 30_000;
/// Longest integration timeout of a WebSocket API:
/// [29 s](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html).
const SOCKET_TIMEOUT_MS: u64 = 29_000;

pub(super) fn http_routes(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
) -> Result<Vec<HttpRoute>, Refusal> {
    let mut routes = Vec::new();
    for (route, api) in routes_of(resources, "HTTP")? {
        let (function, timeout_ms) = target(resources, functions, route, HTTP_TIMEOUT_MS)?;
        routes.push(HttpRoute { key: key_of(route)?, function, api: api.name.clone(), timeout_ms });
    }
    Ok(routes)
}

pub(super) fn socket_routes(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
) -> Result<Vec<SocketRoute>, Refusal> {
    let mut routes = Vec::new();
    for (route, api) in routes_of(resources, "WEBSOCKET")? {
        let (function, timeout_ms) = target(resources, functions, route, SOCKET_TIMEOUT_MS)?;
        let expression = api.properties["RouteSelectionExpression"].as_str().unwrap_or_default();
        let selector = expression.trim_matches(['$', '{', '}']).strip_prefix("request.body.").map(str::to_owned);
        let mut responses = resources.of("AWS::ApiGatewayV2::RouteResponse");
        routes.push(SocketRoute {
            key: key_of(route)?,
            function,
            api: api.name.clone(),
            stage: stage_of(resources, api),
            selector,
            timeout_ms,
            replies: responses.any(|response| response.properties["RouteId"] == route.name.as_str()),
        });
    }
    Ok(routes)
}

fn routes_of<'a>(resources: &'a Resources, protocol: &str) -> Result<Vec<(&'a Resource, &'a Resource)>, Refusal> {
    let mut routes = Vec::new();
    for route in resources.of("AWS::ApiGatewayV2::Route") {
        let id = route.properties["ApiId"].as_str().unwrap_or_default();
        let api = resources.of("AWS::ApiGatewayV2::Api").find(|api| api.name == id);
        let api = api.ok_or_else(|| Refusal::new(&format!("{}.ApiId", route.logical), "names no API"))?;
        match api.properties["ProtocolType"].as_str() {
            Some("HTTP" | "WEBSOCKET") if api.properties["ProtocolType"] == protocol => routes.push((route, api)),
            Some("HTTP" | "WEBSOCKET") => {}
            _ => return Err(Refusal::new(&format!("{}.ProtocolType", api.logical), "is HTTP or WEBSOCKET")),
        }
    }
    Ok(routes)
}

fn key_of(route: &Resource) -> Result<String, Refusal> {
    let key = route.properties["RouteKey"].as_str();
    key.map(str::to_owned).ok_or_else(|| Refusal::new(&format!("{}.RouteKey", route.logical), "is missing"))
}

fn stage_of(resources: &Resources, api: &Resource) -> String {
    let mut stages = resources.of("AWS::ApiGatewayV2::Stage");
    let stage = stages.find(|stage| stage.properties["ApiId"] == api.name.as_str());
    stage.map_or_else(|| "$default".to_owned(), |stage| stage.name.clone())
}

/// Follows `Target: integrations/<id>` to the function whose ARN the integration's URI holds.
fn target(
    resources: &Resources,
    functions: &BTreeMap<String, Function>,
    route: &Resource,
    timeout_max: u64,
) -> Result<(String, u64), Refusal> {
    let at = format!("{}.Target", route.logical);
    let id = route.properties["Target"].as_str().and_then(|target| target.strip_prefix("integrations/"));
    let mut integrations = resources.of("AWS::ApiGatewayV2::Integration");
    let integration = integrations.find(|integration| Some(integration.name.as_str()) == id);
    let integration = integration.ok_or_else(|| Refusal::new(&at, "names no integration"))?;
    let uri = integration.properties["IntegrationUri"].as_str().unwrap_or_default();
    let arn = uri.split_once("/functions/").map_or(uri, |(_, rest)| rest.trim_end_matches("/invocations"));
    let function = functions.values().find(|function| function.arn == arn);
    let function = function
        .ok_or_else(|| Refusal::new(&format!("{}.IntegrationUri", integration.logical), "names no function"))?;
    let stated = &integration.properties["TimeoutInMillis"];
    let timeout = stated.as_u64().unwrap_or(timeout_max);
    if *stated != Value::Null && !(50..=timeout_max).contains(&timeout) {
        return Err(Refusal::new(
            &format!("{}.TimeoutInMillis", integration.logical),
            format!("is between 50 and {timeout_max}"),
        ));
    }
    Ok((function.logical.clone(), timeout))
}

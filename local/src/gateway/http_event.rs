//! A request as API Gateway's HTTP API hands it to Lambda, and the answer back:
//! [payload format 2.0](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header, request::Parts};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::clock;
use crate::template::ACCOUNT;

/// What the gateway knows of a request besides its own parts.
pub(super) struct Arrival<'a> {
    pub(super) route_key: &'a str,
    pub(super) api: &'a str,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) source_ip: IpAddr,
    pub(super) request_id: &'a str,
    pub(super) now_ms: u64,
}

pub(super) fn event(parts: &Parts, body: &Bytes, arrival: &Arrival<'_>) -> Value {
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let host = text(&parts.headers, header::HOST);
    let mut event = json!({
        "version": "2.0",
        "routeKey": arrival.route_key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&parts.headers),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": arrival.api,
            "domainName": host,
            "domainPrefix": host.split('.').next().unwrap_or_default(),
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": arrival.source_ip.to_string(),
                "userAgent": text(&parts.headers, header::USER_AGENT),
            },
            "requestId": arrival.request_id,
            "routeKey": arrival.route_key,
            "stage": "$default",
            "time": clock::common_log(arrival.now_ms),
            "timeEpoch": arrival.now_ms,
        },
        "isBase64Encoded": false,
    });
    let cookies: Vec<&str> =
        parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
    if !cookies.is_empty() {
        event["cookies"] = cookies.iter().flat_map(|line| line.split("; ")).collect();
    }
    if !query.is_empty() {
        event["queryStringParameters"] = Value::Object(query_parameters(query));
    }
    if !arrival.variables.is_empty() {
        event["pathParameters"] = json!(arrival.variables);
    }
    if !body.is_empty() {
        let as_text = std::str::from_utf8(body).ok().filter(|_| is_text(&parts.headers));
        event["isBase64Encoded"] = json!(as_text.is_none());
        event["body"] = json!(as_text.map_or_else(|| BASE64_STANDARD.encode(body), str::to_owned));
    }
    event
}

/// Names in lower case, values of one name joined by commas; cookies have a place of their own.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut joined = Map::new();
    for name in headers.keys().filter(|name| *name != header::COOKIE) {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        joined.insert(name.as_str().to_owned(), json!(values.join(",")));
    }
    joined
}

/// Decoded; values of one name joined by commas.
fn query_parameters(query: &str) -> Map<String, Value> {
    let mut joined: Map<String, Value> = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match joined.get_mut(name.as_ref()) {
            Some(Value::String(before)) => *before = format!("{before},{value}"),
            _ => _ = joined.insert(name.into_owned(), json!(value)),
        }
    }
    joined
}

/// Bodies of these types travel as they are, all others as base64.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = text(headers, header::CONTENT_TYPE);
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || ["application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded"]
            .contains(&kind)
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

fn text(headers: &HeaderMap, name: HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The response that a function's answer stands for; `None` when the gateway would not understand it (a 500).
pub(super) fn response(answer: &[u8]) -> Option<Response<Body>> {
    let value: Value = serde_json::from_slice(answer).ok()?;
    if value.get("statusCode").is_none() {
        // Format 2.0 infers: any other JSON is a body of its own.
        let body = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        return Response::builder().header(header::CONTENT_TYPE, "application/json").body(body.into()).ok();
    }
    let answer: Answer = serde_json::from_value(value).ok()?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded { BASE64_STANDARD.decode(body).ok()? } else { body.into_bytes() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    for (name, value) in answer.headers.unwrap_or_default() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        if name != header::CONTENT_LENGTH {
            response.headers_mut().insert(name, HeaderValue::from_str(&value).ok()?);
        }
    }
    for cookie in answer.cookies.unwrap_or_default() {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&cookie).ok()?);
    }
    let untyped = !response.headers().contains_key(header::CONTENT_TYPE);
    if untyped && response.status() != StatusCode::NO_CONTENT {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn arrival(variables: &[(&str, &str)]) -> Arrival<'static> {
        Arrival {
            route_key: "ANY /v1/{proxy+}",
            api: "switchboard-HttpApi",
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            source_ip: IpAddr::from([127, 0, 0, 1]),
            request_id: "r-1",
            now_ms: 1_709_210_096_789,
        }
    }

    #[test]
    fn a_request_becomes_the_event_of_format_two() {
        let request = Request::post("/v1/messages?limit=2&tag=a&tag=b%20c")
            .header("Host", "127.0.0.1:8787")
            .header("User-Agent", "scene")
            .header("Content-Type", "application/json")
            .header("Cookie", "__Host-r=1; theme=dark")
            .header("X-Many", "1")
            .header("X-Many", "2");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let event = event(&parts, &Bytes::from_static(b"{\"text\":\"\xd7\xa9\"}"), &arrival(&[("proxy", "messages")]));
        assert_eq!(
            event,
            json!({
            "version": "2.0", "routeKey": "ANY /v1/{proxy+}", "rawPath": "/v1/messages",
            "rawQueryString": "limit=2&tag=a&tag=b%20c",
            "cookies": ["__Host-r=1", "theme=dark"],
            "headers": { "host": "127.0.0.1:8787", "user-agent": "scene", "content-type": "application/json", "x-many": "1,2" },
            "queryStringParameters": { "limit": "2", "tag": "a,b c" },
            "pathParameters": { "proxy": "messages" },
            "requestContext": {
                "accountId": "000000000000", "apiId": "switchboard-HttpApi", "domainName": "127.0.0.1:8787", "domainPrefix": "127",
                "http": { "method": "POST", "path": "/v1/messages", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                          "userAgent": "scene" },
                "requestId": "r-1", "routeKey": "ANY /v1/{proxy+}", "stage": "$default",
                "time": "29/Feb/2024:12:34:56 +0000", "timeEpoch": 1_709_210_096_789_u64 },
            "body": "{\"text\":\"ש\"}", "isBase64Encoded": false })
        );
    }

    #[test]
    fn a_body_that_is_no_text_travels_as_base64() {
        for (kind, body, expected) in [
            ("image/png", &b"\x89PNG"[..], json!(["iVBORw==", true])),
            ("application/json", b"\xff", json!(["/w==", true])), // Not what its type says.
            ("application/problem+json; charset=utf-8", b"{}", json!(["{}", false])),
        ] {
            let (parts, ()) = Request::post("/v1/x").header("content-type", kind).body(()).unwrap().into_parts();
            let event = event(&parts, &Bytes::copy_from_slice(body), &arrival(&[]));
            assert_eq!(json!([event["body"], event["isBase64Encoded"]]), expected, "{kind}");
        }
    }

    #[test]
    fn an_answer_becomes_a_response_or_nothing() {
        let answer = json!({ "statusCode": 201, "headers": { "Location": "/v1/x" }, "cookies": ["a=1", "b=2"],
                             "body": "aGk=", "isBase64Encoded": true });
        let response = super::response(answer.to_string().as_bytes()).unwrap();
        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(
            (response.status(), &response.headers()["location"], cookies),
            (
                StatusCode::CREATED,
                &HeaderValue::from_static("/v1/x"),
                vec![&HeaderValue::from_static("a=1"), &HeaderValue::from_static("b=2")]
            )
        );
        assert!(super::response(br#"{"statusCode": "teapot"}"#).is_none());
        assert_eq!(super::response(br#"{"ok": true}"#).unwrap().status(), StatusCode::OK);
    }
}
